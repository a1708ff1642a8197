use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Where the next page starts: opaque to clients, the last row's sort key to the owner of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// One page of a list, as it goes over the wire.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// At most `limit` rows.
    pub items: Vec<T>,
    /// Absent on the last page.
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// The page made of `rows`, which were read with one row more than `limit` to see whether more follow.
    pub fn from_overfetch(mut rows: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let limit = limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(cursor);
        Self { items: rows, next_cursor }
    }

    /// The same page with each row converted.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next_cursor: self.next_cursor }
    }
}

/// `?limit=&cursor=` of every list.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// 1 to 200.
    pub limit: u32,
    /// Where to go on.
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    /// Rows when the caller names no limit.
    pub const DEFAULT_LIMIT: u32 = 50;
    /// The most rows of one page.
    pub const MAX_LIMIT: u32 = 200;
}

impl<'de> Deserialize<'de> for PageRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            limit: Option<u32>,
            cursor: Option<String>,
        }
        let wire = Wire::deserialize(deserializer)?;
        let limit = wire.limit.unwrap_or(Self::DEFAULT_LIMIT);
        if !(1..=Self::MAX_LIMIT).contains(&limit) {
            return Err(de::Error::custom("limit must be between 1 and 200"));
        }
        Ok(Self { limit, cursor: wire.cursor.map(Cursor) })
    }
}

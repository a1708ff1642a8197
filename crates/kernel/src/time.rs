use std::{fmt, str::FromStr, time::Duration};

use jiff::{ToSpan, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
///
/// On the wire RFC 3339 in UTC with six decimal places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct Timestamp(i64);

/// Text that is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an RFC 3339 time")]
pub struct ParseTimestampError(String);

impl Timestamp {
    /// The moment `micros` microseconds after 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This moment and `duration` more; saturates.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This moment less `duration`; saturates.
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was; zero if it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The start of the slot of `width` that holds this moment, counted from 1970.
    pub fn floor(self, width: Duration) -> Self {
        let width = i64::try_from(width.as_micros()).unwrap_or(i64::MAX).max(1);
        Self(self.0.div_euclid(width) * width)
    }

    /// Minutes since midnight UTC.
    pub fn minute_of_day(self) -> u16 {
        u16::try_from(self.0.div_euclid(60_000_000).rem_euclid(24 * 60)).unwrap_or(0)
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.to_jiff())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>()
            .map(|time| Self(time.as_microsecond()))
            .map_err(|_| ParseTimestampError(text.chars().take(80).collect()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<C> minicbor::Encode<C> for Timestamp {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.i64(self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Timestamp {
    fn decode(decoder: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder.i64().map(Self)
    }
}

/// How often a budget starts anew, at midnight of the organization's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every day.
    Daily,
    /// Every Monday.
    Weekly,
    /// Every first of a month.
    Monthly,
    /// Every first of January, April, July and October.
    Quarterly,
}

impl Period {
    /// The start of the period that holds `at`, and the start of the next one.
    pub fn bounds(self, at: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let date = at.to_jiff().to_zoned(zone.clone()).date();
        let first = match self {
            Self::Daily => date,
            Self::Weekly => date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days()),
            Self::Monthly => date.first_of_month(),
            Self::Quarterly => {
                let month = (date.month() - 1) / 3 * 3 + 1;
                civil::Date::new(date.year(), month, 1).unwrap_or(date)
            }
        };
        let next = match self {
            Self::Daily => first.saturating_add(1.day()),
            Self::Weekly => first.saturating_add(7.days()),
            Self::Monthly => first.saturating_add(1.month()),
            Self::Quarterly => first.saturating_add(3.months()),
        };
        (midnight(first, zone, at), midnight(next, zone, at))
    }
}

fn midnight(date: civil::Date, zone: &TimeZone, fallback: Timestamp) -> Timestamp {
    zone.to_timestamp(date.at(0, 0, 0, 0)).map_or(fallback, |time| Timestamp(time.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn text_round_trips() {
        let text = "2026-11-21T01:02:03.000004Z";
        assert_eq!(at(text).to_string(), text);
        assert_eq!(at("2026-11-21T02:02:03.000004+01:00"), at(text));
        assert!("2026-11-21".parse::<Timestamp>().is_err());
    }

    #[test]
    fn periods_follow_the_zone_through_clock_changes() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let check = |period: Period, moment: &str, start: &str, end: &str| {
            assert_eq!(period.bounds(at(moment), &paris), (at(start), at(end)), "{period:?} {moment}");
        };
        // The last Sunday of October has 25 hours in Paris.
        check(Period::Daily, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        check(Period::Weekly, "2026-10-25T12:00:00Z", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z");
        check(Period::Monthly, "2026-12-31T23:30:00Z", "2026-12-31T23:00:00Z", "2027-01-31T23:00:00Z");
        check(Period::Quarterly, "2026-11-21T00:00:00Z", "2026-09-30T22:00:00Z", "2026-12-31T23:00:00Z");
    }

    #[test]
    fn slots_before_1970_round_down() {
        let quarter = Duration::from_secs(900);
        assert_eq!(Timestamp::from_micros(-1).floor(quarter), Timestamp::from_micros(-900_000_000));
    }
}

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::decimal::Decimal;

/// A JSON object whose values are still text.
pub(super) struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self)
    }
}

impl<'a> Fields<'a> {
    /// Reads `raw` if it is an object.
    pub(super) fn of(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.get(key).copied()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), *value))
    }

    /// The value of any form that serde reads; `None` if it is absent or of another form.
    pub(super) fn read<T: de::Deserialize<'a>>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.get(key)?.get()).ok()
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.read(key)
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|raw| raw.get() == "true")
    }

    pub(super) fn object(&self, key: &str) -> Option<Self> {
        Self::of(self.get(key)?)
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        self.read(key).unwrap_or_default()
    }

    /// A number of tokens.
    pub(super) fn whole(&self, key: &str) -> Option<u64> {
        number(self.get(key)?)?.whole()
    }
}

/// The number, or the number in the string, that `raw` is.
pub(super) fn number(raw: &RawValue) -> Option<Decimal> {
    let text = raw.get();
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    Decimal::parse(inner.unwrap_or(text))
}

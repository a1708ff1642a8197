use std::collections::BTreeMap;

use glaux_llm::{Meter, Usage};
use serde::{Deserialize, Serialize};

/// Quantities that may be below zero: what one node adds to a sum in which others, or a rebuild, have counted what it
/// takes back. As JSON an object of those that are not zero.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Quantities(BTreeMap<Meter, i64>);

impl Quantities {
    pub(crate) fn add(&mut self, usage: &Usage) {
        usage.iter().for_each(|(meter, quantity)| self.change(meter, signed(quantity)));
    }

    pub(crate) fn take(&mut self, usage: &Usage) {
        usage.iter().for_each(|(meter, quantity)| self.change(meter, -signed(quantity)));
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(meter, quantity)| self.change(*meter, *quantity));
    }

    /// As the usage that a whole sum is.
    pub(crate) fn to_usage(&self) -> Usage {
        let quantities = self.0.iter();
        quantities.fold(Usage::default(), |usage, (meter, quantity)| {
            usage.with(*meter, u64::try_from(*quantity).unwrap_or_default())
        })
    }

    fn change(&mut self, meter: Meter, by: i64) {
        let quantity = self.0.entry(meter).or_default();
        *quantity = quantity.saturating_add(by);
        if *quantity == 0 {
            self.0.remove(&meter);
        }
    }
}

fn signed(quantity: u64) -> i64 {
    i64::try_from(quantity).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_below_zero_add_up_to_the_whole() {
        let usage = |calls, searches| Usage::default().with(Meter::Calls, calls).with(Meter::WebSearches, searches);
        let (mut settled, mut adjusted) = (Quantities::default(), Quantities::default());
        settled.add(&usage(3, 5));
        adjusted.take(&usage(1, 4));
        adjusted.add(&usage(1, 1));
        assert_eq!(serde_json::to_string(&adjusted).unwrap(), r#"{"web_searches":-3}"#);
        let read: Quantities = serde_json::from_str(r#"{"web_searches":-3}"#).unwrap();
        settled.merge(&read);
        assert_eq!(settled.to_usage(), usage(3, 2));
    }
}

//! The one rating function: usage classes × price rules → exact cost.
//!
//! Integers throughout: quantities are `u64`, rates femto-units, the sum `i128`, rounded half to even once.
//! A class is charged by the most specific rule whose conditions hold; without one, by its parent's
//! ([`Meter::parent`]); without that it is unpriced, which is never zero.

use std::fmt;

use glaux_kernel::{Currency, Money, PriceRuleId, Rate, Timestamp};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::{Meter, MeterGroup, Usage};

/// The service level that a provider says it answered on.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ServiceTier {
    /// What one gets without asking.
    #[default]
    #[n(0)]
    Standard,
    /// Asynchronous, cheaper.
    #[n(1)]
    Batch,
    /// Slower, cheaper.
    #[n(2)]
    Flex,
    /// Faster, dearer.
    #[n(3)]
    Priority,
}

/// When a rule applies. An absent condition always holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// From this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<Timestamp>,
    /// Before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_until: Option<Timestamp>,
    /// The attempt read more input tokens, of all classes, than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_input_tokens: Option<u64>,
    /// The tier of the response.
    #[serde(skip_serializing_if = "is_standard")]
    pub service_tier: ServiceTier,
    /// The provider's region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Box<str>>,
    /// Minutes of the day, UTC, from (inclusive) and until (exclusive); may pass midnight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_of_day: Option<(u16, u16)>,
}

fn is_standard(tier: &ServiceTier) -> bool {
    *tier == ServiceTier::Standard
}

/// An effective-dated rate for a meter under conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRule {
    /// Named by each ledger entry that it priced.
    pub id: PriceRuleId,
    /// What it charges.
    pub meter: Meter,
    /// Per unit of the meter.
    pub rate: Rate,
    /// When it applies.
    pub conditions: Conditions,
}

/// What else of an attempt decides its price.
#[derive(Debug, Clone, Copy)]
pub struct RatingContext<'a> {
    /// When the attempt was sent.
    pub at: Timestamp,
    /// The tier of the response.
    pub service_tier: ServiceTier,
    /// The provider's region, where it has one.
    pub region: Option<&'a str>,
}

/// One charged class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The rule that charged it.
    pub rule: PriceRuleId,
    /// The class.
    pub meter: Meter,
    /// How much of it.
    pub quantity: u64,
    /// Per unit.
    pub rate: Rate,
}

/// The outcome of rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// The sum of the lines, rounded once. Where `unpriced` is set it is only the known part.
    pub cost: Money,
    /// What was charged.
    pub lines: SmallVec<[Line; 4]>,
    /// The first class that has a quantity and no price.
    pub unpriced: Option<Meter>,
}

impl Rating {
    /// Every class has a price.
    pub fn is_exact(&self) -> bool {
        self.unpriced.is_none()
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unpriced {
            None => write!(f, "{}", self.cost),
            Some(meter) => write!(f, "{} without {meter}, which has no price", self.cost),
        }
    }
}

/// Rates `usage`: the only place where a cost is computed.
///
/// Token classes and tools must each have a price. Measures (images, seconds, characters, calls) are charged by models
/// that price them; a model that prices nothing but measures does not charge its tokens.
pub fn rate(rules: &[PriceRule], usage: &Usage, context: RatingContext<'_>) -> Rating {
    let input = usage.total(MeterGroup::Input);
    let prices_tokens = rules.iter().any(|rule| is_token(rule.meter));
    let prices_measures = rules.iter().any(|rule| rule.meter.group() == MeterGroup::Measure);
    let mut rating = Rating { cost: Money::ZERO, lines: SmallVec::new(), unpriced: None };
    let mut femtos: i128 = 0;
    for (meter, quantity) in usage.iter() {
        match find(rules, meter, input, context) {
            Some(rule) => {
                femtos += rule.rate.times(quantity);
                rating.lines.push(Line { rule: rule.id, meter, quantity, rate: rule.rate });
            }
            None if meter.group() == MeterGroup::Measure => {}
            None if is_token(meter) && prices_measures && !prices_tokens => {}
            None => rating.unpriced = rating.unpriced.or(Some(meter)),
        }
    }
    if rating.lines.is_empty() && rating.unpriced.is_none() && !usage.is_empty() {
        rating.unpriced = usage.iter().next().map(|(meter, _)| meter);
    }
    rating.cost = Money::from_femtos(femtos, Currency::USD);
    rating
}

/// The most that `usage` can cost when its input and output tokens may still turn out to be of any class of their group.
///
/// `None`: a class may come for which there is no price.
pub fn bound(rules: &[PriceRule], usage: &Usage, context: RatingContext<'_>) -> Option<Money> {
    let input = usage.total(MeterGroup::Input);
    let mut femtos: i128 = 0;
    for group in [MeterGroup::Input, MeterGroup::Output] {
        let tokens = usage.total(group);
        if tokens == 0 {
            continue;
        }
        let dearest = rules
            .iter()
            .filter(|rule| rule.meter.group() == group && holds(&rule.conditions, input, context))
            .map(|rule| rule.rate)
            .max();
        match dearest {
            Some(rate) => femtos += rate.times(tokens),
            None if rules.iter().any(|rule| is_token(rule.meter)) => return None,
            None => {}
        }
    }
    let beside = usage.iter().filter(|(meter, _)| !is_token(*meter));
    for (meter, quantity) in beside {
        match find(rules, meter, input, context) {
            Some(rule) => femtos += rule.rate.times(quantity),
            None if meter.group() == MeterGroup::Measure => {}
            None => return None,
        }
    }
    let priced = rules.iter().any(|rule| holds(&rule.conditions, input, context));
    priced.then(|| Money::from_femtos_ceiling(femtos, Currency::USD))
}

fn is_token(meter: Meter) -> bool {
    matches!(meter.group(), MeterGroup::Input | MeterGroup::Output)
}

/// The most specific rule of the meter, else of its parent. Tiers are tiers of tokens: what is charged beside them costs
/// on every tier what it costs on the standard one, unless a rule says otherwise.
fn find<'a>(rules: &'a [PriceRule], meter: Meter, input: u64, context: RatingContext<'_>) -> Option<&'a PriceRule> {
    let own = rules
        .iter()
        .filter(|rule| rule.meter == meter && holds(&rule.conditions, input, context))
        .max_by_key(|rule| specificity(&rule.conditions));
    own.or_else(|| find(rules, meter.parent()?, input, context)).or_else(|| {
        let has_no_tiers = !is_token(meter) && context.service_tier != ServiceTier::Standard;
        let standard = RatingContext { service_tier: ServiceTier::Standard, ..context };
        has_no_tiers.then(|| find(rules, meter, input, standard))?
    })
}

fn holds(conditions: &Conditions, input: u64, context: RatingContext<'_>) -> bool {
    let minute = context.at.minute_of_day();
    conditions.service_tier == context.service_tier
        && conditions.effective_from.is_none_or(|from| context.at >= from)
        && conditions.effective_until.is_none_or(|until| context.at < until)
        && conditions.above_input_tokens.is_none_or(|threshold| input > threshold)
        && conditions.region.as_deref().is_none_or(|region| context.region == Some(region))
        && conditions.minutes_of_day.is_none_or(|(from, until)| {
            if from <= until { (from..until).contains(&minute) } else { minute >= from || minute < until }
        })
}

/// Region before time of day before context tier before the later date.
fn specificity(conditions: &Conditions) -> (bool, bool, Option<u64>, Option<Timestamp>) {
    (
        conditions.region.is_some(),
        conditions.minutes_of_day.is_some(),
        conditions.above_input_tokens,
        conditions.effective_from,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(meter: Meter, per_million: &str, conditions: Conditions) -> PriceRule {
        let id = PriceRuleId::from_uuid(Default::default());
        PriceRule { id, meter, rate: Rate::parse_per_million(per_million).unwrap(), conditions }
    }

    fn context(at: &str) -> RatingContext<'static> {
        RatingContext { at: at.parse().unwrap(), service_tier: ServiceTier::Standard, region: None }
    }

    const NOON: &str = "2026-11-21T12:00:00Z";

    #[test]
    fn the_published_example_costs_what_its_provider_says() {
        // gpt-4.1-mini: 0.40 / 0.10 / 1.60 USD per million.
        let rules = [
            rule(Meter::InputTokens, "0.40", Conditions::default()),
            rule(Meter::CachedInputTokens, "0.10", Conditions::default()),
            rule(Meter::OutputTokens, "1.60", Conditions::default()),
        ];
        let usage = Usage::default().with(Meter::InputTokens, 19).with(Meter::OutputTokens, 10);
        assert_eq!(rate(&rules, &usage, context(NOON)).cost.amount(), "0.000023600");
        let cached = usage.with(Meter::CachedInputTokens, 1000).with(Meter::ReasoningTokens, 5);
        assert_eq!(rate(&rules, &cached, context(NOON)).cost.amount(), "0.000131600");
    }

    #[test]
    fn a_class_without_a_price_is_unpriced_and_never_zero() {
        let rules = [rule(Meter::InputTokens, "1", Conditions::default())];
        let check = |usage: Usage, expected: Option<Meter>| {
            assert_eq!(rate(&rules, &usage, context(NOON)).unpriced, expected, "{usage:?}");
        };
        check(Usage::default(), None);
        check(Usage::default().with(Meter::InputTokens, 1), None);
        check(Usage::default().with(Meter::CachedInputTokens, 1), None);
        check(Usage::default().with(Meter::OutputTokens, 1), Some(Meter::OutputTokens));
        check(Usage::default().with(Meter::CacheWriteHourTokens, 1), Some(Meter::CacheWriteHourTokens));
        check(Usage::default().with(Meter::WebSearches, 1), Some(Meter::WebSearches));
        assert_eq!(rate(&[], &Usage::default().with(Meter::Calls, 1), context(NOON)).unpriced, Some(Meter::Calls));
        assert_eq!(bound(&rules, &Usage::default().with(Meter::OutputTokens, 1), context(NOON)), None);
        assert_eq!(bound(&[], &Usage::default(), context(NOON)), None);
    }

    #[test]
    fn the_most_specific_rule_charges() {
        let from = |text: &str| Some(text.parse().unwrap());
        let rules = [
            rule(Meter::InputTokens, "1", Conditions::default()),
            rule(Meter::InputTokens, "2", Conditions { above_input_tokens: Some(200_000), ..Default::default() }),
            rule(
                Meter::InputTokens,
                "3",
                Conditions { effective_from: from("2027-01-01T00:00:00Z"), ..Default::default() },
            ),
            rule(Meter::InputTokens, "0.5", Conditions { minutes_of_day: Some((990, 30)), ..Default::default() }),
            rule(Meter::InputTokens, "9", Conditions { service_tier: ServiceTier::Priority, ..Default::default() }),
            rule(Meter::InputTokens, "7", Conditions { region: Some("eu".into()), ..Default::default() }),
        ];
        let check = |tokens: u64, context: RatingContext<'_>, per_million: &str| {
            let rating = rate(&rules, &Usage::default().with(Meter::InputTokens, tokens), context);
            assert_eq!(rating.lines[0].rate.per_million(), per_million, "{tokens} {context:?}");
        };
        check(200_000, context(NOON), "1");
        check(200_001, context(NOON), "2");
        check(1, context("2027-01-01T00:30:00Z"), "3");
        check(1, context("2026-11-21T00:29:59Z"), "0.5");
        check(1, context("2026-11-21T16:30:00Z"), "0.5");
        check(1, RatingContext { service_tier: ServiceTier::Priority, ..context(NOON) }, "9");
        check(1, RatingContext { region: Some("eu"), ..context(NOON) }, "7");
        let flex = RatingContext { service_tier: ServiceTier::Flex, ..context(NOON) };
        assert!(!rate(&rules, &Usage::default().with(Meter::InputTokens, 1), flex).is_exact());
    }

    #[test]
    fn what_is_charged_beside_tokens_costs_the_same_on_every_tier() {
        let batch = Conditions { service_tier: ServiceTier::Batch, ..Default::default() };
        let rules = [
            rule(Meter::InputTokens, "2", batch),
            rule(Meter::WebSearches, "10000", Conditions::default()),
            rule(Meter::OutputImages, "40000", Conditions::default()),
        ];
        let usage = Usage::default().with(Meter::InputTokens, 1_000_000).with(Meter::WebSearches, 3);
        let on_batch = RatingContext { service_tier: ServiceTier::Batch, ..context(NOON) };
        assert_eq!(rate(&rules, &usage, on_batch).cost.amount(), "2.030000000");
        assert_eq!(rate(&rules, &usage.with(Meter::OutputImages, 1), on_batch).cost.amount(), "2.070000000");
        let priority = RatingContext { service_tier: ServiceTier::Priority, ..context(NOON) };
        assert_eq!(rate(&rules, &usage, priority).unpriced, Some(Meter::InputTokens));
    }

    #[test]
    fn a_model_that_prices_images_does_not_charge_its_tokens() {
        let rules = [rule(Meter::OutputImages, "40000", Conditions::default())];
        let usage = Usage::default().with(Meter::InputTokens, 50).with(Meter::OutputImages, 2);
        let rating = rate(&rules, &usage, context(NOON));
        assert!(rating.is_exact());
        assert_eq!(rating.cost.amount(), "0.080000000");
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #[test]
            fn no_split_into_classes_costs_more_than_the_bound(
                input in prop::array::uniform3(0u64..1_000_000),
                output in prop::array::uniform2(0u64..100_000),
                rates in prop::array::uniform4(1u32..50_000),
            ) {
                let [plain, cached, write] = input;
                let rules: Vec<_> = [Meter::InputTokens, Meter::CachedInputTokens, Meter::CacheWriteTokens, Meter::OutputTokens]
                    .into_iter()
                    .zip(rates)
                    .map(|(meter, cents)| rule(meter, &format!("{}.{:02}", cents / 100, cents % 100), Conditions::default()))
                    .collect();
                let actual = Usage::default()
                    .with(Meter::InputTokens, plain)
                    .with(Meter::CachedInputTokens, cached)
                    .with(Meter::CacheWriteTokens, write)
                    .with(Meter::OutputTokens, output[0])
                    .with(Meter::ReasoningTokens, output[1]);
                let most = Usage::default()
                    .with(Meter::InputTokens, plain + cached + write)
                    .with(Meter::OutputTokens, output[0] + output[1]);
                let bound = bound(&rules, &most, context(NOON)).unwrap();
                prop_assert!(rate(&rules, &actual, context(NOON)).cost.nanos() <= bound.nanos());
            }
        }
    }
}

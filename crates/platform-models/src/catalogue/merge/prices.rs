use glaux_kernel::Timestamp;
use glaux_llm::{Meter, MeterGroup, ServiceTier};

use super::conflict;
use crate::catalogue::{FindingKind, Model, Price, Source, Stamp};

/// The prices of the model `name` as several sources state them, the most trusted first.
pub(super) fn merge(
    name: &str,
    statements: Vec<(&Stamp, &Model)>,
    report: &mut impl FnMut(Source, FindingKind),
) -> Vec<Price> {
    let priced = statements.into_iter().filter(|(_, model)| !model.prices.is_empty());
    let (zero, mut heard): (Vec<_>, Vec<_>) = priced.partition(|(_, model)| is_all_zero(model));
    if heard.is_empty() && (name.contains("free") || zero.len() > 1) {
        heard = zero;
    } else {
        zero.iter().for_each(|(stamp, _)| report(stamp.source, FindingKind::AllZero));
    }
    let mut slots: Vec<Slot> = Vec::new();
    for (stamp, model) in heard {
        let prices_tokens = slots.iter().any(|slot| is_token(slot.meter));
        let is_first = slots.is_empty();
        for theirs in Slot::all(stamp, model) {
            match slots.iter_mut().find(|slot| slot.is_about_the_same(&theirs)) {
                Some(ours) => ours.hear(theirs, report),
                None if is_first || may_be_added(theirs.meter, prices_tokens) => slots.push(theirs),
                None => {}
            }
        }
    }
    slots.into_iter().flat_map(|slot| slot.prices).collect()
}

fn is_all_zero(model: &Model) -> bool {
    model.prices.iter().all(|price| price.rate.femtos() == 0)
}

fn is_token(meter: Meter) -> bool {
    matches!(meter.group(), MeterGroup::Input | MeterGroup::Output)
}

/// Tokens and measures (images, seconds) are two ways to state one charge: a second source may add classes of tokens to
/// tokens, and tools to anything, never another way.
fn may_be_added(meter: Meter, prices_tokens: bool) -> bool {
    match meter.group() {
        MeterGroup::Input | MeterGroup::Output => prices_tokens,
        MeterGroup::Tool => true,
        MeterGroup::Measure => false,
    }
}

/// All that one source says about a meter on one service tier in one region.
struct Slot {
    meter: Meter,
    tier: ServiceTier,
    region: Option<Box<str>>,
    source: Source,
    date: Timestamp,
    prices: Vec<Price>,
}

impl Slot {
    fn all(stamp: &Stamp, model: &Model) -> Vec<Self> {
        // A stamp without a readable date is older than any other.
        let date = format!("{}T00:00:00Z", stamp.date).parse().unwrap_or_default();
        let mut slots: Vec<Self> = Vec::new();
        for price in &model.prices {
            let (meter, tier, region) = (price.meter, price.conditions.service_tier, price.conditions.region.clone());
            let slot = Self { meter, tier, region, source: stamp.source, date, prices: vec![price.clone()] };
            match slots.iter_mut().find(|other| other.is_about_the_same(&slot)) {
                Some(other) => other.prices.extend(slot.prices),
                None => slots.push(slot),
            }
        }
        slots
    }

    fn is_about_the_same(&self, other: &Self) -> bool {
        (self.meter, self.tier, &self.region) == (other.meter, other.tier, &other.region)
    }

    /// Takes over `theirs` if it agrees and also knows dates; reports it if it disagrees.
    fn hear(&mut self, theirs: Self, report: &mut impl FnMut(Source, FindingKind)) {
        let at = self.date.max(theirs.date);
        let (kept, said) = (self.in_force(at), theirs.in_force(at));
        if kept != said {
            report(theirs.source, conflict(&self.title(), kept, self.source, said));
        } else if theirs.is_dated() && !self.is_dated() {
            *self = theirs;
        }
    }

    fn is_dated(&self) -> bool {
        let dates = |price: &Price| price.conditions.effective_from.or(price.conditions.effective_until);
        self.prices.iter().any(|price| dates(price).is_some())
    }

    /// The rates in force `at` that moment, per million, as a text to compare and to show.
    fn in_force(&self, at: Timestamp) -> String {
        let holds = |price: &&Price| {
            let conditions = &price.conditions;
            conditions.effective_from.is_none_or(|from| from <= at)
                && conditions.effective_until.is_none_or(|until| at < until)
        };
        let describe = |price: &Price| {
            let above = price.conditions.above_input_tokens.map(|tokens| format!(" above {tokens}"));
            let minutes = price.conditions.minutes_of_day.map(|(from, until)| format!(" in minutes {from}-{until}"));
            format!("{}{}{}", price.rate.per_million(), above.unwrap_or_default(), minutes.unwrap_or_default())
        };
        self.prices.iter().filter(holds).map(describe).collect::<Vec<_>>().join("; ")
    }

    fn title(&self) -> String {
        let tier = match self.tier {
            ServiceTier::Standard => "",
            ServiceTier::Batch => " batch",
            ServiceTier::Flex => " flex",
            ServiceTier::Priority => " priority",
        };
        let region = self.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        format!("{}{tier}{region}", self.meter)
    }
}

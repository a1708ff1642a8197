//! What must be granted before a call is sent: its bound, the budgets it counts against, the limits it takes from.

use glaux_kernel::{FeatureId, KeyId, Money, Period, Timestamp};
use glaux_llm::{PriceRule, RatingContext, ServiceTier, Usage, price};
use smallvec::SmallVec;

use crate::{
    BudgetIndex, Key, Model, Organization, Refusal, Route, Subject,
    budget::Budget,
    document::{BudgetAction, Limits},
};

/// Tokens: more than any model writes. What is held for an answer must be an amount that can be added up.
const MOST_OUTPUT: u64 = 10_000_000;

/// The output limit that is sent upstream for a call at a model.
///
/// The client's, else the model's, else the policy's; never more than the model can write, as far as that is known.
pub fn output_limit(asked: Option<u64>, model: &Model, route: &Route) -> u64 {
    let most = model.max_output_tokens.or(model.context_window).unwrap_or(MOST_OUTPUT).min(MOST_OUTPUT);
    asked.unwrap_or_else(|| model.max_output_tokens.unwrap_or(route.policy().max_output_tokens)).min(most)
}

/// The most that a bound can cost at a model; `None`: not all of it has a price.
pub fn cost_bound(
    prices: &[PriceRule],
    bound: &Usage,
    at: Timestamp,
    tier: ServiceTier,
    region: Option<&str>,
) -> Option<Money> {
    price::bound(prices, bound, RatingContext { at, service_tier: tier, region })
}

/// A budget that an attempt counts against, in the period that holds now.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The budget.
    pub budget: &'a Budget,
    /// Its period.
    pub period_start: Timestamp,
    /// When it starts anew.
    pub period_end: Timestamp,
}

/// The budgets above an attempt.
pub fn budgets<'a>(organization: &'a Organization, subject: Subject<'_>, at: Timestamp) -> SmallVec<[Counted<'a>; 4]> {
    let index: &'a BudgetIndex = &organization.budgets;
    index
        .matching(subject)
        .into_iter()
        .map(|budget| {
            let (period_start, period_end) = period(budget.definition.period, organization, at);
            Counted { budget, period_start, period_end }
        })
        .collect()
}

fn period(period: Period, organization: &Organization, at: Timestamp) -> (Timestamp, Timestamp) {
    period.bounds(at, &organization.time_zone)
}

/// What is held for an attempt whose price may not be known.
///
/// Under a budget that blocks, a model without a price is refused unless the policy says what to hold.
pub fn hold_amount(
    bound: Option<Money>,
    counted: &[Counted<'_>],
    route: &Route,
    model: &Model,
) -> Result<Money, Refusal> {
    if let Some(bound) = bound.or(route.policy().unpriced_hold) {
        return Ok(bound);
    }
    match counted.iter().find(|counted| counted.budget.definition.action == BudgetAction::Block) {
        None => Ok(Money::ZERO),
        Some(blocking) => Err(Refusal::new(
            glaux_kernel::problem::Code::Unpriced,
            format!(
                "{} has no price for all that this call may use, and the budget {} blocks. \
                 Add the price, or configure a fixed hold for models without one.",
                model.name, blocking.budget.definition.name
            ),
        )),
    }
}

/// Whom a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitSubject<'a> {
    /// All calls of a key.
    Key(KeyId),
    /// All calls of a feature.
    Feature(FeatureId),
    /// All calls of an end user of the organization.
    User(&'a str),
}

/// The limits that a call takes from. An end user has the stricter of the key's and the feature's.
pub fn limits<'a>(key: &Key, route: &Route, user: Option<&'a str>) -> SmallVec<[(LimitSubject<'a>, Limits); 3]> {
    let feature = route.feature();
    let of_user = feature.map_or(key.user_limits, |feature| key.user_limits.stricter(feature.user_limits));
    let limits = [
        Some((LimitSubject::Key(key.id), key.limits)),
        feature.map(|feature| (LimitSubject::Feature(feature.id), feature.limits)),
        user.map(|user| (LimitSubject::User(user), of_user)),
    ];
    limits.into_iter().flatten().filter(|(_, limits)| *limits != Limits::default()).collect()
}

//! What must be granted before an attempt is sent: a request that its provider can be sent, and money held for it.

use std::sync::Arc;

use glaux_kernel::{AttemptId, HoldId, Money, Timestamp, problem::Code};
use glaux_ledger::{
    BudgetLimit, BudgetRefusal, Hold, OpenHold, Refused, WhenOver,
    record::{Charge, MeterName, Target as LedgerTarget},
};
use glaux_llm::{Meter, Outbound, PrepareError, Request, Target, Usage, prepare};
use glaux_routing::{
    Model, Refusal, Route, Subject,
    admission::{self, Counted},
    document::BudgetAction,
};

use crate::{attempt::Attempts, call::Call};

/// An answer is not clamped to fewer output tokens than this to fit a budget.
const LEAST_OUTPUT: u64 = 256;

static NO_OVERRIDES: std::sync::LazyLock<serde_json::Map<String, serde_json::Value>> =
    std::sync::LazyLock::new(serde_json::Map::new);

/// About how many tokens a call will use: a quarter of its bytes, and what it asks to be written.
pub(crate) fn tokens_estimated(request: &Request) -> u64 {
    (request.body.len() as u64 / 4).saturating_add(request.facts.max_output_tokens.unwrap_or(0))
}

/// The most that a call can cost at a model.
pub(crate) fn cost_bound(request: &Request, route: &Route, model: &Model, at: Timestamp) -> Option<Money> {
    let limit = admission::output_limit(request.facts.max_output_tokens, model, route);
    price_bound(request, model, &usage_bound(request, route, model, limit), at)
}

/// What a bound costs. A tool that no meter counts has no price.
fn price_bound(request: &Request, model: &Model, bound: &Usage, at: Timestamp) -> Option<Money> {
    let tier = request.facts.service_tier.unwrap_or_default();
    let cost = admission::cost_bound(&model.prices, bound, at, tier, model.provider.region.as_deref());
    cost.filter(|_| !request.facts.provider_tools.unmetered)
}

/// The most that a call can use: what it sends, what the provider's tools may find, and its output limit.
fn usage_bound(request: &Request, route: &Route, model: &Model, output_limit: u64) -> Usage {
    let mut bound = request.input_bound(model.provider.kind);
    let written = bound.get(Meter::InputTokens);
    if written > 0 {
        let read = if request.facts.provider_tools.reads { model.context_window.unwrap_or(0) } else { 0 };
        bound.set(Meter::InputTokens, written.saturating_add(route.override_bytes()).max(read));
    }
    bound.merge(&request.output_bound(output_limit));
    bound.with(Meter::Calls, 1)
}

/// An attempt for which money is held and nothing is sent.
pub(crate) struct Held {
    pub(crate) hold: Hold,
    pub(crate) outbound: Outbound,
    pub(crate) bound: Usage,
    pub(crate) output_limit: u64,
    /// What is charged if nothing is ever heard of the attempt.
    pub(crate) nanos: i64,
    /// Not all that it may use has a price.
    pub(crate) is_unpriced: bool,
}

/// A hold that was opened.
struct Opened {
    hold: Hold,
    nanos: i64,
    is_unpriced: bool,
}

/// Why no hold was opened.
pub(crate) enum Denied {
    /// No other model may be tried.
    ByBudget(Refusal),
    /// This model can't do it; another may.
    ByTarget(Refusal),
}

impl Attempts {
    /// Opens the hold for a request that the model's provider can be sent.
    pub(crate) fn hold(&self, call: &mut Call, model: &Model) -> Result<Box<Held>, Denied> {
        let asked = self.request.facts.max_output_tokens;
        let mut limit = admission::output_limit(asked, model, &self.route);
        loop {
            let outbound = self.prepare(model, limit)?;
            let bound = usage_bound(&self.request, &self.route, model, limit);
            match self.open_hold(call, model, bound)? {
                Ok(opened) => {
                    call.record.details().blocked_by = None;
                    call.record.details().dropped = outbound.dropped.iter().map(|field| field.to_string()).collect();
                    let (Opened { hold, nanos, is_unpriced }, output_limit) = (opened, limit);
                    return Ok(Box::new(Held { hold, outbound, bound, output_limit, nanos, is_unpriced }));
                }
                Err(refused) => match self.fit(model, &refused, limit, call.record.details().at) {
                    Some(smaller) => limit = smaller,
                    None => return Err(over_budget(call, &refused)),
                },
            }
        }
    }

    fn prepare(&self, model: &Model, limit: u64) -> Result<Outbound, Denied> {
        let target = Target {
            kind: model.provider.kind,
            base: &model.provider.base,
            model: &model.upstream_name,
            max_output_tokens: Some(limit),
            overrides: self.route.config_overrides().unwrap_or(&NO_OVERRIDES),
            unsupported: self.route.policy().on_unsupported,
            api_version: model.provider.api_version.as_deref(),
        };
        prepare(&self.request, &target).map_err(|error| {
            let code = match &error {
                PrepareError::Unsupported(_) => Code::Unsupported,
                PrepareError::Malformed(_) => Code::InvalidRequest,
            };
            let param = error.field().map(str::to_owned);
            Denied::ByTarget(Refusal { param, ..Refusal::new(code, format!("{}: {error}", model.name)) })
        })
    }

    fn open_hold(&self, call: &mut Call, model: &Model, bound: Usage) -> Result<Result<Opened, BudgetRefusal>, Denied> {
        let key = Arc::clone(&call.key);
        let at = call.record.details().at;
        let attribution = &call.record.details().attribution;
        let subject = Subject {
            application: attribution.application,
            key: attribution.key,
            feature: attribution.feature,
            user: attribution.user.as_deref(),
            model: &model.name,
            provider: &model.provider.name,
            tags: &attribution.tags,
        };
        let counted = admission::budgets(&key.organization, subject, at);
        let cost = price_bound(&self.request, model, &bound, at);
        let amount = admission::hold_amount(cost, &counted, &self.route, model).map_err(Denied::ByTarget)?;
        let budgets: Vec<BudgetLimit> = counted.iter().map(budget_limit).collect();
        let (clock, rng) = (&call.gateway.clock, &*call.gateway.rng);
        let now = clock.now();
        let open = OpenHold {
            hold: HoldId::new(now, rng),
            attempt: AttemptId::new(now, rng),
            target: LedgerTarget { provider: model.provider.id, model: model.id, model_name: model.name.to_string() },
            nanos: amount.nanos(),
            bound,
            unpriced: cost.is_none().then(|| MeterName(bound.iter().next().map_or(Meter::Calls, |(meter, _)| meter))),
            budgets: &budgets,
        };
        match call.record.open_hold(open) {
            Ok(hold) => Ok(Ok(Opened { hold, nanos: amount.nanos(), is_unpriced: cost.is_none() })),
            Err(Refused::Budget(refused)) => Ok(Err(refused)),
            Err(Refused::Ledger(error)) => {
                tracing::error!(%error, "a hold can't be written");
                Err(Denied::ByBudget(unrecorded()))
            }
        }
    }

    /// A smaller output limit that fits what the budget has left. Only where the client named none.
    fn fit(&self, model: &Model, refused: &BudgetRefusal, limit: u64, at: Timestamp) -> Option<u64> {
        if self.request.facts.max_output_tokens.is_some() || limit <= LEAST_OUTPUT {
            return None;
        }
        let cost = |limit: u64| {
            let bound = usage_bound(&self.request, &self.route, model, limit);
            price_bound(&self.request, model, &bound, at).map(Money::nanos)
        };
        let (without, with) = (cost(0)?, cost(limit)?);
        let per_limit = i128::from(with - without).max(1);
        let left = i128::from(refused.available_nanos - without);
        let fits = u64::try_from(left * i128::from(limit) / per_limit).ok()?.saturating_sub(1);
        (LEAST_OUTPUT..limit).contains(&fits).then_some(fits)
    }
}

/// Another model may be one that the budget does not count.
fn over_budget(call: &mut Call, refused: &BudgetRefusal) -> Denied {
    let budgets = call.key.organization.budgets.all();
    let over = budgets.iter().find(|budget| budget.definition.id == refused.budget);
    let name = over.map_or("", |budget| budget.definition.name.as_str());
    let counts_others =
        over.is_none_or(|over| over.definition.scope.model.is_none() && over.definition.scope.provider.is_none());
    call.record.details().blocked_by = Some(format!("budget {name}"));
    let money = |nanos: i64| Money::usd_nanos(nanos).to_string();
    let refusal = Refusal::new(
        Code::BudgetExceeded,
        format!(
            "The budget {name} has too little left for this call: spent {}, held {}, available {}; the call may cost \
             up to {}. Ask for fewer output tokens, wait for open calls to settle or the period to end, or have the \
             budget raised.",
            money(refused.spent_nanos),
            money(refused.held_nanos),
            money(refused.available_nanos),
            money(refused.needed_nanos),
        ),
    );
    if counts_others { Denied::ByBudget(refusal) } else { Denied::ByTarget(refusal) }
}

/// The ledger can't take a hold.
pub(crate) fn unrecorded() -> Refusal {
    Refusal::new(Code::LedgerUnavailable, "The call can't be recorded now, so it is not made. Try again later.")
}

fn budget_limit(counted: &Counted<'_>) -> BudgetLimit {
    let budget = &counted.budget.definition;
    BudgetLimit {
        charge: Charge { budget: budget.id, period_start: counted.period_start },
        amount_nanos: budget.amount.nanos(),
        when_over: match budget.action {
            BudgetAction::Notify => WhenOver::Notify,
            BudgetAction::Throttle => WhenOver::Throttle,
            BudgetAction::Block => WhenOver::Block,
        },
        thresholds: Arc::clone(&counted.budget.threshold_nanos),
    }
}

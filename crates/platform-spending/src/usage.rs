//! The ledger's entries, and everything about one of them.

use axum::extract::State;
use glaux_kernel::{
    AttemptId, BudgetId, CallId, Environment, FeatureId, KeyId, ModelId, Money, Page, Permission, ProviderId, Timestamp,
};
use glaux_ledger::record::{CostLine, Purpose, Status};
use glaux_ledger_store::{
    AdjustedAttempt, ExplainedCall, ServedCall, UsageEntry, UsageFilter, explain_attempt, explain_call, list_usage,
};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use glaux_platform_kit::{Context, find_id};
use glaux_web::{Caller, Json, MoneySchema, PageParameters, PageSchema, Paging, Path, Problem, Query, permit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{adjustments::AdjustmentView, failed};

const READ: Permission = Permission("usage.read");
/// Without `from`, the list begins so long ago.
const DEFAULT_RANGE: std::time::Duration = std::time::Duration::from_secs(7 * 24 * 3600);

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(READ, routes!(list))).routes(permit(READ, routes!(explain)))
}

/// Which entries are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Opened at this moment or later; absent: seven days before `to`.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Opened before this moment; absent: now.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// A feature, by name or id.
    feature: Option<String>,
    /// A key, by name or id.
    key: Option<String>,
    /// A model, by `provider/model` or id.
    model: Option<String>,
    /// A provider, by name or id.
    provider: Option<String>,
    /// An end user.
    user: Option<String>,
    /// success, error, timeout, cancelled, blocked or unknown.
    #[param(value_type = Option<String>)]
    status: Option<Status>,
    /// All attempts of this call instead.
    #[param(value_type = Option<String>)]
    call_id: Option<CallId>,
}

/// One attempt, or a call that came to none.
#[derive(Serialize, ToSchema)]
#[schema(as = UsageEntry)]
struct EntryView {
    /// `use_…` of an attempt, `call_…` of a call without one.
    id: String,
    #[schema(value_type = String)]
    call_id: CallId,
    /// Counts the attempts of a call from 1; absent for a call without one.
    attempt: Option<u32>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = String, example = "success")]
    status: Status,
    error_code: Option<String>,
    #[schema(value_type = String)]
    key: KeyId,
    #[schema(value_type = Option<String>)]
    feature: Option<FeatureId>,
    #[schema(value_type = String)]
    environment: Environment,
    user: Option<String>,
    /// `provider/model`; absent for a call without an attempt.
    model: Option<String>,
    #[schema(value_type = Object, example = json!({"input_tokens": 19, "output_tokens": 10}))]
    usage: Usage,
    /// reported, estimated or bound; absent for a call without an attempt.
    #[schema(value_type = Option<String>)]
    usage_basis: Option<UsageBasis>,
    #[schema(value_type = MoneySchema)]
    cost: Money,
    /// What it was settled at, where it was adjusted since: `usage`, `usage_basis` and `cost` are then the present ones.
    #[schema(value_type = Option<MoneySchema>)]
    settled_cost: Option<Money>,
    /// The first class that had no price: `cost` is then only the known part.
    #[schema(value_type = Option<String>)]
    unpriced: Option<Meter>,
    cached: bool,
    duration_ms: u64,
    /// What stood in the way of a blocked call.
    blocked_by: Option<String>,
}

impl From<&AdjustedAttempt> for EntryView {
    fn from(adjusted: &AdjustedAttempt) -> Self {
        let (attempt, figure) = (&adjusted.attempt, adjusted.figure());
        let attribution = &attempt.attribution;
        Self {
            id: attempt.attempt.to_string(),
            call_id: attempt.call,
            attempt: Some(attempt.number),
            at: attempt.opened_at,
            status: attempt.status,
            error_code: attempt.error_code.clone(),
            key: attribution.key,
            feature: attribution.feature,
            environment: attribution.environment,
            user: attribution.user.clone(),
            model: Some(attempt.target.model_name.clone()),
            usage: figure.usage,
            usage_basis: Some(figure.usage_basis),
            cost: Money::usd_nanos(figure.cost.nanos),
            settled_cost: adjusted.last().map(|_| Money::usd_nanos(attempt.cost.nanos)),
            unpriced: figure.cost.unpriced.map(|meter| meter.0),
            cached: false,
            duration_ms: attempt.duration_micros / 1000,
            blocked_by: None,
        }
    }
}

impl From<&ServedCall> for EntryView {
    fn from(served: &ServedCall) -> Self {
        let (call, attribution) = (&served.call, &served.call.attribution);
        Self {
            id: call.call.to_string(),
            call_id: call.call,
            attempt: None,
            at: call.at,
            status: call.status,
            error_code: call.error_code.clone(),
            key: attribution.key,
            feature: attribution.feature,
            environment: attribution.environment,
            user: attribution.user.clone(),
            model: None,
            usage: Usage::default(),
            usage_basis: None,
            cost: Money::usd_nanos(call.cost_nanos),
            settled_cost: None,
            unpriced: None,
            cached: call.cached,
            duration_ms: call.duration_micros / 1000,
            blocked_by: call.blocked_by.clone(),
        }
    }
}

/// A call taken apart: how it was routed, what was held, which rule charged what.
#[derive(Serialize, ToSchema)]
struct Explanation {
    #[schema(value_type = String)]
    call_id: CallId,
    /// Absent while the call is under way.
    call: Option<CallView>,
    attempts: Vec<AttemptView>,
}

/// One request of an application.
#[derive(Serialize, ToSchema)]
#[schema(as = Call)]
struct CallView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = String)]
    status: Status,
    http_status: u16,
    error_code: Option<String>,
    blocked_by: Option<String>,
    requested_model: String,
    path: String,
    stream: bool,
    cached: bool,
    #[schema(value_type = String)]
    purpose: Purpose,
    session: Option<String>,
    tags: std::collections::BTreeMap<String, String>,
    #[schema(value_type = String)]
    environment: Environment,
    #[schema(value_type = String)]
    key: KeyId,
    #[schema(value_type = Option<String>)]
    feature: Option<FeatureId>,
    user: Option<String>,
    traceparent: Option<String>,
    /// Fields that the target could not express and the policy let go.
    dropped: Vec<String>,
    first_byte_micros: Option<u64>,
    duration_micros: u64,
    /// The configuration in force.
    journal_seq: u64,
    #[schema(value_type = MoneySchema)]
    cost: Money,
}

/// One try at one model.
#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptView {
    #[serde(flatten)]
    entry: EntryView,
    #[schema(value_type = String)]
    provider: ProviderId,
    #[schema(value_type = String)]
    model_id: ModelId,
    upstream_status: Option<u16>,
    upstream_request_id: Option<String>,
    #[schema(value_type = String)]
    service_tier: ServiceTier,
    /// The provider's own usage object.
    #[schema(value_type = Option<Object>)]
    raw_usage: Option<serde_json::Value>,
    /// What was reserved when it ended.
    #[schema(value_type = MoneySchema)]
    held: Money,
    /// It cost more than was reserved, as far as it is known.
    overrun: bool,
    /// Which rule charged what.
    cost_lines: Vec<LineView>,
    /// Later figures, the first one first. The last that is applied counts.
    adjustments: Vec<AdjustmentView>,
    /// The budgets that were charged.
    budgets: Vec<ChargeView>,
    first_byte_micros: Option<u64>,
    journal_seq: u64,
}

/// One charged class.
#[derive(Serialize, ToSchema)]
#[schema(as = CostLine)]
pub(crate) struct LineView {
    #[schema(value_type = String)]
    rule: glaux_kernel::PriceRuleId,
    #[schema(value_type = String)]
    meter: Meter,
    quantity: u64,
    /// Dollars per million units.
    rate_per_million: String,
}

impl From<&CostLine> for LineView {
    fn from(line: &CostLine) -> Self {
        Self {
            rule: line.rule,
            meter: line.meter.0,
            quantity: line.quantity,
            rate_per_million: glaux_kernel::Rate::from_femtos(line.femtos).per_million(),
        }
    }
}

/// A budget in the period in which the hold opened.
#[derive(Serialize, ToSchema)]
#[schema(as = Charge)]
struct ChargeView {
    #[schema(value_type = String)]
    budget: BudgetId,
    #[schema(value_type = String, format = DateTime)]
    period_start: Timestamp,
}

impl From<&AdjustedAttempt> for AttemptView {
    fn from(adjusted: &AdjustedAttempt) -> Self {
        let (attempt, figure) = (&adjusted.attempt, adjusted.figure());
        let budgets = attempt.charges.iter();
        let raw = attempt.raw_usage.as_deref();
        Self {
            entry: adjusted.into(),
            provider: attempt.target.provider,
            model_id: attempt.target.model,
            upstream_status: attempt.upstream_status,
            upstream_request_id: attempt.upstream_request_id.clone(),
            service_tier: figure.service_tier,
            raw_usage: raw.map(|text| serde_json::from_str(text).unwrap_or_else(|_| text.into())),
            held: Money::usd_nanos(attempt.held_nanos),
            overrun: figure.cost.nanos > attempt.held_nanos,
            cost_lines: figure.cost.lines.iter().map(LineView::from).collect(),
            adjustments: adjusted.adjustments.iter().map(AdjustmentView::from).collect(),
            budgets: budgets
                .map(|charge| ChargeView { budget: charge.budget, period_start: charge.period_start })
                .collect(),
            first_byte_micros: attempt.first_byte_micros,
            journal_seq: attempt.journal_seq,
        }
    }
}

fn call_view(served: &ServedCall) -> CallView {
    let call = &served.call;
    CallView {
        at: call.at,
        status: call.status,
        http_status: call.http_status,
        error_code: call.error_code.clone(),
        blocked_by: call.blocked_by.clone(),
        requested_model: call.requested_model.clone(),
        path: call.path.clone(),
        stream: call.stream,
        cached: call.cached,
        purpose: call.attribution.purpose,
        session: call.attribution.session.clone(),
        tags: call.attribution.tags.iter().cloned().collect(),
        environment: call.attribution.environment,
        key: call.attribution.key,
        feature: call.attribution.feature,
        user: call.attribution.user.clone(),
        traceparent: call.traceparent.clone(),
        dropped: call.dropped.clone(),
        first_byte_micros: call.first_byte_micros,
        duration_micros: call.duration_micros,
        journal_seq: call.journal_seq,
        cost: Money::usd_nanos(call.cost_nanos),
    }
}

/// Uses, the youngest first: attempts, and calls that came to none.
#[utoipa::path(get, path = "/api/platform/ai-management/usage", operation_id = "list_usage", tag = "usage",
    params(Asked, PageParameters), responses((status = 200, body = PageSchema<EntryView>)))]
async fn list(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<EntryView>>, Problem> {
    let is_cursor = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if page.cursor.as_ref().is_some_and(|cursor| !is_cursor(&cursor.0)) {
        return Err(Problem::malformed("?cursor", "it is not the `next_cursor` of a page of uses"));
    }
    let mut tx = context.db.organization(caller.organization).read().await?;
    if let Some(call) = asked.call_id {
        let found = explain_call(&mut tx, call).await.map_err(failed)?;
        let attempts = found.iter().flat_map(|found| &found.attempts);
        return Ok(Json(Page { items: attempts.map(EntryView::from).collect(), next_cursor: None }));
    }
    let to = asked.to.unwrap_or(context.clock.now());
    let filter = UsageFilter {
        from: asked.from.unwrap_or(to.minus(DEFAULT_RANGE)),
        to,
        feature: find_id(&mut tx, "feature", asked.feature.as_deref()).await?,
        key: find_id(&mut tx, "key", asked.key.as_deref()).await?,
        model: find_id(&mut tx, "model", asked.model.as_deref()).await?,
        provider: find_id(&mut tx, "provider", asked.provider.as_deref()).await?,
        user: asked.user,
        status: asked.status,
    };
    let entries = list_usage(&mut tx, &filter, &page).await.map_err(failed)?;
    Ok(Json(entries.map(|entry| match &entry {
        UsageEntry::Attempt(attempt) => EntryView::from(&**attempt),
        UsageEntry::Call(served) => EntryView::from(&**served),
    })))
}

/// Everything about the call of an entry.
#[utoipa::path(get, path = "/api/platform/ai-management/usage/{id}", operation_id = "explain_usage", tag = "usage",
    params(("id" = String, Path, description = "use_… or call_…")), responses((status = 200, body = Explanation)))]
async fn explain(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Explanation>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let found = match (id.parse::<CallId>(), id.parse::<AttemptId>()) {
        (Ok(call), _) => explain_call(&mut tx, call).await,
        (_, Ok(attempt)) => explain_attempt(&mut tx, attempt).await,
        (Err(_), Err(_)) => Ok(None),
    };
    let missing = || Problem::not_found("use", &id);
    let ExplainedCall { call, attempts } = found.map_err(failed)?.ok_or_else(missing)?;
    let served = call.as_ref().map(|served| served.call.call);
    let call_id = served.or(attempts.first().map(|adjusted| adjusted.attempt.call)).ok_or_else(missing)?;
    let attempts = attempts.iter().map(AttemptView::from).collect();
    Ok(Json(Explanation { call_id, call: call.as_ref().map(call_view), attempts }))
}

//! What the calls of a feature would have cost at another model.

mod tally;

use std::time::Duration;

use axum::extract::State;
use glaux_kernel::{Environment, FeatureId, ModelId, Money, Permission, Timestamp};
use glaux_ledger_store::{AnalyticsFilter, AnalyticsQuery, CallFilter, sketch_latency};
use glaux_platform_kit::{Context, find_by_id, find_id};
use glaux_platform_models::{Model, ModelPrices, ModelState, find_prices};
use glaux_store::OrgRead;
use glaux_web::{Caller, FieldError, Json, MoneySchema, Problem, permit};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::tally::Tally;
use crate::{analytics::Percentiles, failed};

const READ: Permission = Permission("spending.read");
const DEFAULT_DAYS: u32 = 7;
const MAX_DAYS: u32 = 30;
const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(READ, routes!(assess_impact)))
}

/// Which calls, and the model that they are rated at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImpactRequest {
    /// By name or id.
    #[schema(example = "chatbot")]
    feature: String,
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    /// `provider/model` or id.
    #[schema(example = "acme-openai/gpt-4.1-mini")]
    model: String,
    /// The last so many days.
    #[schema(minimum = 1, maximum = 30, default = 7)]
    days: Option<u32>,
}

/// What the calls cost, and what they would have cost.
#[derive(Serialize, ToSchema)]
struct Impact {
    /// Attempts that are compared.
    attempts: u64,
    /// Calls with such an attempt.
    calls: u64,
    /// There are more: these are the youngest.
    sampled: bool,
    #[schema(value_type = MoneySchema)]
    before: Money,
    /// At the other model's prices of now, for the same usage.
    #[schema(value_type = MoneySchema)]
    after: Money,
    #[schema(value_type = MoneySchema)]
    difference: Money,
    /// Null without calls.
    #[schema(value_type = Option<MoneySchema>)]
    per_call_before: Option<Money>,
    #[schema(value_type = Option<MoneySchema>)]
    per_call_after: Option<Money>,
    /// Attempts that used what the other model has no price for: `after` is then only the known part.
    unpriced: u64,
    /// How long the successful calls took.
    latency_ms_before: Option<Percentiles>,
    /// How long the successful calls at the other model took, of any feature.
    latency_ms_after: Option<Percentiles>,
    /// What stands against the comparison.
    #[schema(example = json!(["128 of 5,320 calls had more input than the model's context window of 8,192"]))]
    limits: Vec<String>,
}

/// Rates the calls of a feature anew, at another model's prices. Nothing is changed.
///
/// It looks at the youngest 20,000 attempts. Those that are charged at their bound are left out.
#[utoipa::path(post, path = "/api/platform/ai-management/spending/impact", operation_id = "assess_impact",
    tag = "spending", request_body = ImpactRequest, responses((status = 200, body = Impact)))]
async fn assess_impact(
    State(context): State<Context>,
    caller: Caller,
    Json(asked): Json<ImpactRequest>,
) -> Result<Json<Impact>, Problem> {
    let days = asked.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        let detail = format!("it looks at the last 1 to {MAX_DAYS} days");
        return Err(Problem::invalid(vec![FieldError::new("/days", detail)]));
    }
    let mut tx = context.db.organization(caller.organization).read().await?;
    let feature: Option<FeatureId> =
        find_id(&mut tx, "feature", Some(&asked.feature)).await.map_err(|problem| problem.within("/feature"))?;
    let (id, model, prices) = find_model(&mut tx, &asked.model).await.map_err(|problem| problem.within("/model"))?;
    let to = context.clock.now();
    let from = to.minus(DAY * days);
    let environment = Some(asked.environment);
    let filter = CallFilter { from, to, feature, environment, cached: Some(false), ..CallFilter::default() };
    let tally = Tally::read(&mut tx, &filter, &model, &prices).await?;
    let of_feature = AnalyticsFilter { feature, environment, ..AnalyticsFilter::default() };
    let of_model = AnalyticsFilter { model: Some(id), ..AnalyticsFilter::default() };
    Ok(Json(Impact {
        attempts: tally.attempts,
        calls: tally.calls,
        sampled: tally.is_cut_off,
        before: Money::usd_nanos(tally.before_nanos),
        after: Money::usd_nanos(tally.after_nanos),
        difference: Money::usd_nanos(tally.after_nanos.saturating_sub(tally.before_nanos)),
        per_call_before: tally.per_call(tally.before_nanos),
        per_call_after: tally.per_call(tally.after_nanos),
        unpriced: tally.unpriced,
        latency_ms_before: latency(&mut tx, (from, to), of_feature).await?,
        latency_ms_after: latency(&mut tx, (from, to), of_model).await?,
        limits: tally.limits(&model),
    }))
}

async fn find_model(tx: &mut OrgRead, reference: &str) -> Result<(ModelId, ModelState, ModelPrices), Problem> {
    let missing = || Problem::not_found("model", reference);
    let id: ModelId = find_id(tx, "model", Some(reference)).await?.ok_or_else(missing)?;
    let model = find_by_id::<Model>(tx, id).await?.ok_or_else(missing)?;
    let prices = find_prices(tx, id).await?.ok_or_else(missing)?;
    Ok((id, model.state, prices))
}

async fn latency(
    tx: &mut OrgRead,
    (from, to): (Timestamp, Timestamp),
    filter: AnalyticsFilter,
) -> Result<Option<Percentiles>, Problem> {
    let query = AnalyticsQuery { from, to, group_by: Vec::new(), bucket: None, zone: TimeZone::UTC, filter };
    let sketches = sketch_latency(tx, &query).await.map_err(failed)?;
    Ok(sketches.first().and_then(|sketch| Percentiles::of(&sketch.value)))
}

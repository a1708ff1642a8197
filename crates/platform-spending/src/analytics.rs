//! Sums of the ledger by group and bucket. They come from roll-ups and never scan rows.

use std::collections::BTreeMap;

use axum::extract::State;
use glaux_kernel::{Environment, Money, Permission, Timestamp};
use glaux_ledger::record::Status;
use glaux_ledger_store::{
    AnalyticsFilter, AnalyticsQuery, Bucket, Dimension, Grouped, Latency, Totals, sketch_latency, sum_usage,
};
use glaux_llm::Usage;
use glaux_platform_kit::{Context, find_id, time_zone};
use glaux_web::{Caller, Json, MoneySchema, Problem, Query, permit};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::failed;

const READ: Permission = Permission("spending.read");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(READ, routes!(analyze_spending)))
}

/// What is to be summed, and how.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Of application, feature, provider, model, environment, key; with commas between.
    #[param(example = "feature,model")]
    group_by: Option<String>,
    /// From the quarter of an hour that holds this moment.
    #[param(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Until before this moment.
    #[param(value_type = String, format = DateTime)]
    to: Timestamp,
    /// 15m, 1h, 1d, 1w or 1mo; absent: one sum of the whole time.
    bucket: Option<String>,
    /// Where days begin; absent: the organization's.
    #[param(example = "Europe/Paris")]
    timezone: Option<String>,
    /// By name or id, as the others.
    feature: Option<String>,
    key: Option<String>,
    model: Option<String>,
    provider: Option<String>,
    #[param(value_type = Option<String>)]
    environment: Option<Environment>,
    /// With how long the calls took, which takes longer to answer.
    #[param(default = false)]
    latency: Option<bool>,
}

/// A list of sums.
#[derive(Serialize, ToSchema)]
struct Sums {
    items: Vec<Sum>,
}

/// What a group adds up to in a bucket.
#[derive(Serialize, ToSchema)]
struct Sum {
    #[schema(value_type = String, format = DateTime)]
    bucket: Timestamp,
    /// The dimensions that were asked for.
    #[schema(value_type = Object, example = json!({"model": "sandbox/echo"}))]
    group: BTreeMap<&'static str, String>,
    #[schema(value_type = MoneySchema)]
    cost: Money,
    calls: u64,
    /// Calls by how they ended.
    #[schema(value_type = Object)]
    calls_by_status: BTreeMap<&'static str, u64>,
    cached_calls: u64,
    attempts: u64,
    /// Attempts with a class that has no price: the cost is more than is known.
    unpriced_attempts: u64,
    /// Attempts whose usage the provider did not report.
    estimated_attempts: u64,
    /// Attempts charged at the most that they can have used.
    bound_attempts: u64,
    #[schema(value_type = Object)]
    usage: Usage,
    /// How long the successful calls took, if it was asked for; absent without any.
    latency_ms: Option<Percentiles>,
}

/// Milliseconds that a share of the calls did not exceed, within 1 %.
#[derive(Serialize, ToSchema)]
#[schema(as = LatencyPercentiles)]
pub(crate) struct Percentiles {
    p50: f64,
    p95: f64,
    p99: f64,
}

impl Percentiles {
    /// `None` without calls.
    pub(crate) fn of(latency: &Latency) -> Option<Self> {
        let millis = |quantile| latency.quantile_micros(quantile).map(|micros| micros as f64 / 1000.0);
        Some(Self { p50: millis(0.5)?, p95: millis(0.95)?, p99: millis(0.99)? })
    }
}

impl Sum {
    fn new(grouped: Grouped<Totals>, latency: Option<&Latency>) -> Self {
        let Grouped { bucket, group, value } = grouped;
        let model = group.model_name.or(group.model.map(|id| id.to_string()));
        let named = [
            ("application", group.application.map(|id| id.to_string())),
            ("feature", group.feature.map(|id| id.to_string())),
            ("provider", group.provider.map(|id| id.to_string())),
            ("model", model),
            ("environment", group.environment.map(|environment| environment.to_string())),
            ("key", group.key.map(|id| id.to_string())),
        ];
        let by_status = Status::ALL.into_iter().map(|status| (status.as_str(), value.calls.get(status)));
        Self {
            bucket,
            group: named.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
            cost: Money::usd_nanos(value.cost_nanos),
            calls: value.calls.total(),
            calls_by_status: by_status.filter(|(_, count)| *count > 0).collect(),
            cached_calls: value.cached_calls,
            attempts: value.attempts.total(),
            unpriced_attempts: value.unpriced_attempts,
            estimated_attempts: value.estimated_attempts,
            bound_attempts: value.bound_attempts,
            usage: value.usage,
            latency_ms: latency.and_then(Percentiles::of),
        }
    }
}

fn dimension(text: &str) -> Result<Dimension, Problem> {
    match text {
        "application" => Ok(Dimension::Application),
        "feature" => Ok(Dimension::Feature),
        "provider" => Ok(Dimension::Provider),
        "model" => Ok(Dimension::Model),
        "environment" => Ok(Dimension::Environment),
        "key" => Ok(Dimension::Key),
        _ => Err(Problem::malformed(
            "?group_by",
            "group_by is of application, feature, provider, model, environment and key, with commas between",
        )),
    }
}

fn bucket(text: &str) -> Result<Bucket, Problem> {
    match text {
        "15m" => Ok(Bucket::QuarterHour),
        "1h" => Ok(Bucket::Hour),
        "1d" => Ok(Bucket::Day),
        "1w" => Ok(Bucket::Week),
        "1mo" => Ok(Bucket::Month),
        _ => Err(Problem::malformed("?bucket", "a bucket is 15m, 1h, 1d, 1w or 1mo")),
    }
}

/// What was spent and used, by group and bucket.
#[utoipa::path(get, path = "/api/platform/ai-management/spending/analytics", operation_id = "analyze_spending",
    tag = "spending", params(Asked), responses((status = 200, body = Sums)))]
async fn analyze_spending(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Sums>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let zone = match asked.timezone {
        Some(zone) => zone,
        None => time_zone(&mut tx).await?,
    };
    let names = asked.group_by.as_deref().unwrap_or_default().split(',').filter(|name| !name.is_empty());
    let query = AnalyticsQuery {
        from: asked.from,
        to: asked.to,
        group_by: names.map(dimension).collect::<Result<_, _>>()?,
        bucket: asked.bucket.as_deref().map(bucket).transpose()?,
        zone: TimeZone::get(&zone).map_err(|_| Problem::malformed("?timezone", "it is no IANA time zone"))?,
        filter: AnalyticsFilter {
            application: None,
            feature: find_id(&mut tx, "feature", asked.feature.as_deref()).await?,
            provider: find_id(&mut tx, "provider", asked.provider.as_deref()).await?,
            model: find_id(&mut tx, "model", asked.model.as_deref()).await?,
            environment: asked.environment,
            key: find_id(&mut tx, "key", asked.key.as_deref()).await?,
        },
    };
    let sums = sum_usage(&mut tx, &query).await.map_err(failed)?;
    let latencies = match asked.latency {
        Some(true) => sketch_latency(&mut tx, &query).await.map_err(failed)?,
        Some(false) | None => Vec::new(),
    };
    let latencies: BTreeMap<_, _> =
        latencies.into_iter().map(|grouped| ((grouped.bucket, grouped.group), grouped.value)).collect();
    let sum = |grouped: Grouped<Totals>| {
        let latency = latencies.get(&(grouped.bucket, grouped.group.clone()));
        Sum::new(grouped, latency)
    };
    Ok(Json(Sums { items: sums.into_iter().map(sum).collect() }))
}

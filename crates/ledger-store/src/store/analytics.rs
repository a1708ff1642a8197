//! Reading roll-ups in groups.

use std::collections::BTreeMap;

use glaux_kernel::{ApplicationId, Environment, FeatureId, KeyId, ModelId, NodeId, ProviderId, Timestamp};
use glaux_llm::Usage;
use glaux_store::{Json, OrgRead, Query, Result, Sql, Text, sql};
use uuid::Uuid;

use crate::{
    analytics::{AnalyticsFilter, Dimension, Group},
    quantities::Quantities,
    sums::{StatusCounts, TOKEN_METERS, Totals},
};

/// Where a roll-up stands among all.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct RollupPlace {
    pub(crate) slot: Timestamp,
    dimensions: Vec<u8>,
    node_id: NodeId,
}

/// How long the successful calls of a roll-up took.
pub(crate) struct Sketch {
    pub(crate) group: Group,
    pub(crate) bytes: Vec<u8>,
    pub(crate) place: RollupPlace,
}

impl RollupPlace {
    /// Before all roll-ups of a slot.
    pub(crate) fn before(slot: Timestamp) -> Self {
        Self { slot, dimensions: Vec::new(), node_id: NodeId::from_uuid(Uuid::nil()) }
    }
}

const TOTALS: Sql = sql(
    "SELECT CASE WHEN $4 THEN application_id END AS application_id, CASE WHEN $5 THEN feature_id END AS feature_id,
        CASE WHEN $6 THEN provider_id END AS provider_id, CASE WHEN $7 THEN model_id END AS model_id,
        CASE WHEN $8 THEN environment END AS environment, CASE WHEN $9 THEN key_id END AS key_id,
        CASE WHEN $7 THEN model_name END AS model_name,
        CAST(SUM(calls_success) AS BIGINT) AS calls_success,
        CAST(SUM(calls_error) AS BIGINT) AS calls_error,
        CAST(SUM(calls_timeout) AS BIGINT) AS calls_timeout,
        CAST(SUM(calls_cancelled) AS BIGINT) AS calls_cancelled,
        CAST(SUM(calls_blocked) AS BIGINT) AS calls_blocked,
        CAST(SUM(calls_unknown) AS BIGINT) AS calls_unknown,
        CAST(SUM(calls_cached) AS BIGINT) AS calls_cached,
        CAST(SUM(attempts_success) AS BIGINT) AS attempts_success,
        CAST(SUM(attempts_error) AS BIGINT) AS attempts_error,
        CAST(SUM(attempts_timeout) AS BIGINT) AS attempts_timeout,
        CAST(SUM(attempts_cancelled) AS BIGINT) AS attempts_cancelled,
        CAST(SUM(attempts_blocked) AS BIGINT) AS attempts_blocked,
        CAST(SUM(attempts_unknown) AS BIGINT) AS attempts_unknown,
        CAST(SUM(attempts_released) AS BIGINT) AS attempts_released,
        CAST(SUM(attempts_unpriced) AS BIGINT) AS attempts_unpriced,
        CAST(SUM(attempts_estimated) AS BIGINT) AS attempts_estimated,
        CAST(SUM(attempts_bound) AS BIGINT) AS attempts_bound,
        CAST(SUM(cost_nanos) AS BIGINT) AS cost_nanos,
        CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
        CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens,
        CAST(SUM(cache_write_tokens) AS BIGINT) AS cache_write_tokens,
        CAST(SUM(cache_write_1h_tokens) AS BIGINT) AS cache_write_1h_tokens,
        CAST(SUM(input_audio_tokens) AS BIGINT) AS input_audio_tokens,
        CAST(SUM(cached_input_audio_tokens) AS BIGINT) AS cached_input_audio_tokens,
        CAST(SUM(input_image_tokens) AS BIGINT) AS input_image_tokens,
        CAST(SUM(cached_input_image_tokens) AS BIGINT) AS cached_input_image_tokens,
        CAST(SUM(input_video_tokens) AS BIGINT) AS input_video_tokens,
        CAST(SUM(output_tokens) AS BIGINT) AS output_tokens,
        CAST(SUM(reasoning_tokens) AS BIGINT) AS reasoning_tokens,
        CAST(SUM(output_audio_tokens) AS BIGINT) AS output_audio_tokens,
        CAST(SUM(output_image_tokens) AS BIGINT) AS output_image_tokens
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($10 IS NULL OR application_id = $10) AND ($11 IS NULL OR feature_id = $11)
        AND ($12 IS NULL OR provider_id = $12) AND ($13 IS NULL OR model_id = $13)
        AND ($14 IS NULL OR environment = $14) AND ($15 IS NULL OR key_id = $15)
     GROUP BY 1, 2, 3, 4, 5, 6, 7",
);

// Groups are sorted before they are added up; all of it as one group need not be. It is used where nothing is grouped by:
// the last condition holds, and gives the parameters that are bound for both statements their types.
const TOTAL_OF_ALL: Sql = sql(
    "SELECT NULL AS application_id, NULL AS feature_id, NULL AS provider_id, NULL AS model_id, NULL AS environment,
        NULL AS key_id, NULL AS model_name,
        CAST(SUM(calls_success) AS BIGINT) AS calls_success,
        CAST(SUM(calls_error) AS BIGINT) AS calls_error,
        CAST(SUM(calls_timeout) AS BIGINT) AS calls_timeout,
        CAST(SUM(calls_cancelled) AS BIGINT) AS calls_cancelled,
        CAST(SUM(calls_blocked) AS BIGINT) AS calls_blocked,
        CAST(SUM(calls_unknown) AS BIGINT) AS calls_unknown,
        CAST(SUM(calls_cached) AS BIGINT) AS calls_cached,
        CAST(SUM(attempts_success) AS BIGINT) AS attempts_success,
        CAST(SUM(attempts_error) AS BIGINT) AS attempts_error,
        CAST(SUM(attempts_timeout) AS BIGINT) AS attempts_timeout,
        CAST(SUM(attempts_cancelled) AS BIGINT) AS attempts_cancelled,
        CAST(SUM(attempts_blocked) AS BIGINT) AS attempts_blocked,
        CAST(SUM(attempts_unknown) AS BIGINT) AS attempts_unknown,
        CAST(SUM(attempts_released) AS BIGINT) AS attempts_released,
        CAST(SUM(attempts_unpriced) AS BIGINT) AS attempts_unpriced,
        CAST(SUM(attempts_estimated) AS BIGINT) AS attempts_estimated,
        CAST(SUM(attempts_bound) AS BIGINT) AS attempts_bound,
        CAST(SUM(cost_nanos) AS BIGINT) AS cost_nanos,
        CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
        CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens,
        CAST(SUM(cache_write_tokens) AS BIGINT) AS cache_write_tokens,
        CAST(SUM(cache_write_1h_tokens) AS BIGINT) AS cache_write_1h_tokens,
        CAST(SUM(input_audio_tokens) AS BIGINT) AS input_audio_tokens,
        CAST(SUM(cached_input_audio_tokens) AS BIGINT) AS cached_input_audio_tokens,
        CAST(SUM(input_image_tokens) AS BIGINT) AS input_image_tokens,
        CAST(SUM(cached_input_image_tokens) AS BIGINT) AS cached_input_image_tokens,
        CAST(SUM(input_video_tokens) AS BIGINT) AS input_video_tokens,
        CAST(SUM(output_tokens) AS BIGINT) AS output_tokens,
        CAST(SUM(reasoning_tokens) AS BIGINT) AS reasoning_tokens,
        CAST(SUM(output_audio_tokens) AS BIGINT) AS output_audio_tokens,
        CAST(SUM(output_image_tokens) AS BIGINT) AS output_image_tokens
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($10 IS NULL OR application_id = $10) AND ($11 IS NULL OR feature_id = $11)
        AND ($12 IS NULL OR provider_id = $12) AND ($13 IS NULL OR model_id = $13)
        AND ($14 IS NULL OR environment = $14) AND ($15 IS NULL OR key_id = $15)
     HAVING COUNT(*) > 0 AND NOT ($4 OR $5 OR $6 OR $7 OR $8 OR $9)",
);

const OTHER_USAGE: Sql = sql(
    "SELECT CASE WHEN $4 THEN application_id END AS application_id, CASE WHEN $5 THEN feature_id END AS feature_id,
        CASE WHEN $6 THEN provider_id END AS provider_id, CASE WHEN $7 THEN model_id END AS model_id,
        CASE WHEN $8 THEN environment END AS environment, CASE WHEN $9 THEN key_id END AS key_id,
        CASE WHEN $7 THEN model_name END AS model_name, slot, other_usage
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($10 IS NULL OR application_id = $10) AND ($11 IS NULL OR feature_id = $11)
        AND ($12 IS NULL OR provider_id = $12) AND ($13 IS NULL OR model_id = $13)
        AND ($14 IS NULL OR environment = $14) AND ($15 IS NULL OR key_id = $15)
        AND other_usage <> '{}'",
);

const LATENCY: Sql = sql(
    "SELECT CASE WHEN $4 THEN application_id END AS application_id, CASE WHEN $5 THEN feature_id END AS feature_id,
        CASE WHEN $6 THEN provider_id END AS provider_id, CASE WHEN $7 THEN model_id END AS model_id,
        CASE WHEN $8 THEN environment END AS environment, CASE WHEN $9 THEN key_id END AS key_id,
        CASE WHEN $7 THEN model_name END AS model_name, latency, slot, dimensions, node_id
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($10 IS NULL OR application_id = $10) AND ($11 IS NULL OR feature_id = $11)
        AND ($12 IS NULL OR provider_id = $12) AND ($13 IS NULL OR model_id = $13)
        AND ($14 IS NULL OR environment = $14) AND ($15 IS NULL OR key_id = $15)
        AND calls_success > 0 AND (slot, dimensions, node_id) > ($2, $16, $17)
     ORDER BY slot, dimensions, node_id LIMIT $18",
);

/// The groups of the roll-ups with slots in `slots`, and what those have in columns.
pub(crate) async fn list_totals(
    tx: &mut OrgRead,
    slots: (Timestamp, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
) -> Result<Vec<(Group, Totals)>> {
    let statement = if group_by.is_empty() { TOTAL_OF_ALL } else { TOTALS };
    let rows: Vec<TotalsRow> = select(tx.query(statement), slots, group_by, filter).fetch_all().await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The same roll-ups' meters without columns, by group and by what `bucket` says of their slot.
pub(crate) async fn list_other_usage(
    tx: &mut OrgRead,
    slots: (Timestamp, Timestamp),
    bucket: impl Fn(Timestamp) -> Timestamp,
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
) -> Result<Vec<(Timestamp, Group, Usage)>> {
    let rows: Vec<OtherUsageRow> = select(tx.query(OTHER_USAGE), slots, group_by, filter).fetch_all().await?;
    let mut groups: BTreeMap<(Timestamp, Group), Quantities> = BTreeMap::new();
    for OtherUsageRow { group, slot, other_usage: Json(quantities) } in rows {
        groups.entry((bucket(slot), group.into())).or_default().merge(&quantities);
    }
    Ok(groups.into_iter().map(|((bucket, group), quantities)| (bucket, group, quantities.to_usage())).collect())
}

/// A page of the sketches of roll-ups after a place and with slots before `end`, in order.
pub(crate) async fn page_latency(
    tx: &mut OrgRead,
    (after, end): (&RollupPlace, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
    limit: i64,
) -> Result<Vec<Sketch>> {
    let query = select(tx.query(LATENCY), (after.slot, end), group_by, filter);
    let query = query.bind(after.dimensions.as_slice()).bind(after.node_id).bind(limit);
    let rows: Vec<LatencyRow> = query.fetch_all().await?;
    Ok(rows.into_iter().map(|row| Sketch { group: row.group.into(), bytes: row.latency, place: row.place }).collect())
}

fn select<'t>(
    query: Query<'t>,
    slots: (Timestamp, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
) -> Query<'t> {
    let by = |dimension: Dimension| group_by.contains(&dimension);
    query
        .bind(slots.0)
        .bind(slots.1)
        .bind(by(Dimension::Application))
        .bind(by(Dimension::Feature))
        .bind(by(Dimension::Provider))
        .bind(by(Dimension::Model))
        .bind(by(Dimension::Environment))
        .bind(by(Dimension::Key))
        .bind(filter.application)
        .bind(filter.feature)
        .bind(filter.provider)
        .bind(filter.model)
        .bind(filter.environment.map(Environment::as_str))
        .bind(filter.key)
}

/// What the rows of an answer are grouped by.
#[derive(sqlx::FromRow)]
struct GroupColumns {
    application_id: Option<ApplicationId>,
    feature_id: Option<FeatureId>,
    provider_id: Option<ProviderId>,
    model_id: Option<ModelId>,
    environment: Option<Text<Environment>>,
    key_id: Option<KeyId>,
    model_name: Option<String>,
}

impl From<GroupColumns> for Group {
    fn from(columns: GroupColumns) -> Self {
        Self {
            application: columns.application_id,
            feature: columns.feature_id,
            provider: columns.provider_id,
            model: columns.model_id,
            model_name: columns.model_name,
            environment: columns.environment.map(|Text(environment)| environment),
            key: columns.key_id,
        }
    }
}

#[derive(sqlx::FromRow)]
struct OtherUsageRow {
    #[sqlx(flatten)]
    group: GroupColumns,
    slot: Timestamp,
    other_usage: Json<Quantities>,
}

#[derive(sqlx::FromRow)]
struct LatencyRow {
    #[sqlx(flatten)]
    group: GroupColumns,
    latency: Vec<u8>,
    #[sqlx(flatten)]
    place: RollupPlace,
}

#[derive(sqlx::FromRow)]
struct TotalsRow {
    #[sqlx(flatten)]
    group: GroupColumns,
    calls_success: i64,
    calls_error: i64,
    calls_timeout: i64,
    calls_cancelled: i64,
    calls_blocked: i64,
    calls_unknown: i64,
    calls_cached: i64,
    attempts_success: i64,
    attempts_error: i64,
    attempts_timeout: i64,
    attempts_cancelled: i64,
    attempts_blocked: i64,
    attempts_unknown: i64,
    attempts_released: i64,
    attempts_unpriced: i64,
    attempts_estimated: i64,
    attempts_bound: i64,
    cost_nanos: i64,
    input_tokens: i64,
    cached_input_tokens: i64,
    cache_write_tokens: i64,
    cache_write_1h_tokens: i64,
    input_audio_tokens: i64,
    cached_input_audio_tokens: i64,
    input_image_tokens: i64,
    cached_input_image_tokens: i64,
    input_video_tokens: i64,
    output_tokens: i64,
    reasoning_tokens: i64,
    output_audio_tokens: i64,
    output_image_tokens: i64,
}

impl From<TotalsRow> for (Group, Totals) {
    fn from(row: TotalsRow) -> Self {
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        let calls = [
            row.calls_success,
            row.calls_error,
            row.calls_timeout,
            row.calls_cancelled,
            row.calls_blocked,
            row.calls_unknown,
        ];
        let attempts = [
            row.attempts_success,
            row.attempts_error,
            row.attempts_timeout,
            row.attempts_cancelled,
            row.attempts_blocked,
            row.attempts_unknown,
        ];
        let tokens = [
            row.input_tokens,
            row.cached_input_tokens,
            row.cache_write_tokens,
            row.cache_write_1h_tokens,
            row.input_audio_tokens,
            row.cached_input_audio_tokens,
            row.input_image_tokens,
            row.cached_input_image_tokens,
            row.input_video_tokens,
            row.output_tokens,
            row.reasoning_tokens,
            row.output_audio_tokens,
            row.output_image_tokens,
        ];
        let usage = TOKEN_METERS
            .into_iter()
            .zip(tokens)
            .fold(Usage::default(), |usage, (meter, quantity)| usage.with(meter, unsigned(quantity)));
        let totals = Totals {
            calls: StatusCounts::from_ordered(calls.map(unsigned)),
            cached_calls: unsigned(row.calls_cached),
            attempts: StatusCounts::from_ordered(attempts.map(unsigned)),
            released_attempts: unsigned(row.attempts_released),
            unpriced_attempts: unsigned(row.attempts_unpriced),
            estimated_attempts: unsigned(row.attempts_estimated),
            bound_attempts: unsigned(row.attempts_bound),
            cost_nanos: row.cost_nanos,
            usage,
        };
        (row.group.into(), totals)
    }
}

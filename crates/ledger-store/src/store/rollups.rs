use glaux_kernel::{ApplicationId, Environment, FeatureId, KeyId, ModelId, NodeId, ProviderId, Timestamp};
use glaux_llm::Usage;
use glaux_store::{EverySql, EveryTx, Json, OrgRead, OrgTx, Query, Result, Sql, Text, every_sql, sql};

use crate::{
    analytics::{AnalyticsFilter, Dimension, Group},
    sums::{RollupKey, StatusCounts, TOKEN_METERS, Totals},
};

const ADD: EverySql = every_sql(
    "INSERT INTO usage_rollups
        (organization_id, slot, dimensions, node_id, application_id, feature_id, provider_id, model_id, environment,
         key_id, model_name, calls_success, calls_error, calls_timeout, calls_cancelled, calls_blocked,
         calls_unknown, calls_cached, attempts_success, attempts_error, attempts_timeout, attempts_cancelled,
         attempts_blocked, attempts_unknown, attempts_released, attempts_unpriced, attempts_estimated,
         attempts_bound, cost_nanos, input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens,
         input_audio_tokens, cached_input_audio_tokens, input_image_tokens, cached_input_image_tokens,
         input_video_tokens, output_tokens, reasoning_tokens, output_audio_tokens, output_image_tokens, other_usage,
         latency)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44)
     ON CONFLICT (organization_id, slot, dimensions, node_id) DO UPDATE SET
        calls_success = usage_rollups.calls_success + excluded.calls_success,
        calls_error = usage_rollups.calls_error + excluded.calls_error,
        calls_timeout = usage_rollups.calls_timeout + excluded.calls_timeout,
        calls_cancelled = usage_rollups.calls_cancelled + excluded.calls_cancelled,
        calls_blocked = usage_rollups.calls_blocked + excluded.calls_blocked,
        calls_unknown = usage_rollups.calls_unknown + excluded.calls_unknown,
        calls_cached = usage_rollups.calls_cached + excluded.calls_cached,
        attempts_success = usage_rollups.attempts_success + excluded.attempts_success,
        attempts_error = usage_rollups.attempts_error + excluded.attempts_error,
        attempts_timeout = usage_rollups.attempts_timeout + excluded.attempts_timeout,
        attempts_cancelled = usage_rollups.attempts_cancelled + excluded.attempts_cancelled,
        attempts_blocked = usage_rollups.attempts_blocked + excluded.attempts_blocked,
        attempts_unknown = usage_rollups.attempts_unknown + excluded.attempts_unknown,
        attempts_released = usage_rollups.attempts_released + excluded.attempts_released,
        attempts_unpriced = usage_rollups.attempts_unpriced + excluded.attempts_unpriced,
        attempts_estimated = usage_rollups.attempts_estimated + excluded.attempts_estimated,
        attempts_bound = usage_rollups.attempts_bound + excluded.attempts_bound,
        cost_nanos = usage_rollups.cost_nanos + excluded.cost_nanos,
        input_tokens = usage_rollups.input_tokens + excluded.input_tokens,
        cached_input_tokens = usage_rollups.cached_input_tokens + excluded.cached_input_tokens,
        cache_write_tokens = usage_rollups.cache_write_tokens + excluded.cache_write_tokens,
        cache_write_1h_tokens = usage_rollups.cache_write_1h_tokens + excluded.cache_write_1h_tokens,
        input_audio_tokens = usage_rollups.input_audio_tokens + excluded.input_audio_tokens,
        cached_input_audio_tokens = usage_rollups.cached_input_audio_tokens + excluded.cached_input_audio_tokens,
        input_image_tokens = usage_rollups.input_image_tokens + excluded.input_image_tokens,
        cached_input_image_tokens = usage_rollups.cached_input_image_tokens + excluded.cached_input_image_tokens,
        input_video_tokens = usage_rollups.input_video_tokens + excluded.input_video_tokens,
        output_tokens = usage_rollups.output_tokens + excluded.output_tokens,
        reasoning_tokens = usage_rollups.reasoning_tokens + excluded.reasoning_tokens,
        output_audio_tokens = usage_rollups.output_audio_tokens + excluded.output_audio_tokens,
        output_image_tokens = usage_rollups.output_image_tokens + excluded.output_image_tokens,
        other_usage = excluded.other_usage,
        latency = excluded.latency",
);

const MERGEABLE: EverySql = every_sql(
    "SELECT other_usage, latency FROM usage_rollups
     WHERE organization_id = $1 AND slot = $2 AND dimensions = $3 AND node_id = $4",
);

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

const OTHER_USAGE: Sql = sql(
    "SELECT CASE WHEN $4 THEN application_id END AS application_id, CASE WHEN $5 THEN feature_id END AS feature_id,
        CASE WHEN $6 THEN provider_id END AS provider_id, CASE WHEN $7 THEN model_id END AS model_id,
        CASE WHEN $8 THEN environment END AS environment, CASE WHEN $9 THEN key_id END AS key_id,
        CASE WHEN $7 THEN model_name END AS model_name, other_usage
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
        CASE WHEN $7 THEN model_name END AS model_name, latency
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($10 IS NULL OR application_id = $10) AND ($11 IS NULL OR feature_id = $11)
        AND ($12 IS NULL OR provider_id = $12) AND ($13 IS NULL OR model_id = $13)
        AND ($14 IS NULL OR environment = $14) AND ($15 IS NULL OR key_id = $15)
        AND calls_success > 0",
);

const DELETE: Sql = sql("DELETE FROM usage_rollups WHERE organization_id = $1 AND slot >= $2 AND slot < $3");

const SPAN: Sql = sql("SELECT MIN(slot), MAX(slot) FROM usage_rollups WHERE organization_id = $1");

/// A roll-up with what can't be added by the database.
pub(crate) struct RollupRow {
    pub(crate) key: RollupKey,
    pub(crate) digest: [u8; 16],
    pub(crate) model_name: Option<String>,
    /// To be added.
    pub(crate) totals: Totals,
    /// The whole of the meters without columns.
    pub(crate) other_usage: Usage,
    /// The whole sketch.
    pub(crate) latency: Vec<u8>,
}

/// Adds to the roll-ups that `node` keeps.
pub(crate) async fn add(tx: &mut EveryTx, node: NodeId, rows: &[RollupRow]) -> Result<()> {
    tx.insert_rows(ADD, rows, |row, values| {
        let dimensions = row.key.dimensions;
        values
            .push(row.key.organization)
            .push(row.key.slot)
            .push(row.digest.as_slice())
            .push(node)
            .push(dimensions.application)
            .push(dimensions.feature)
            .push(dimensions.provider)
            .push(dimensions.model)
            .push(dimensions.environment.as_str())
            .push(dimensions.key)
            .push(row.model_name.as_deref());
        for number in columns(&row.totals) {
            values.push(number);
        }
        values.push(Json(&row.other_usage)).push(row.latency.as_slice());
    })
    .await
    .map(drop)
}

/// The numbers of the additive columns, in their order.
fn columns(totals: &Totals) -> impl Iterator<Item = i64> {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let counts = |counts: &StatusCounts| counts.to_ordered().map(signed);
    let flags = [totals.released_attempts, totals.unpriced_attempts, totals.estimated_attempts, totals.bound_attempts];
    let tokens = TOKEN_METERS.map(|meter| signed(totals.usage.get(meter)));
    counts(&totals.calls)
        .into_iter()
        .chain([signed(totals.cached_calls)])
        .chain(counts(&totals.attempts))
        .chain(flags.map(signed))
        .chain([totals.cost_nanos])
        .chain(tokens)
}

/// What `node` has of a roll-up that must be merged here.
pub(crate) async fn find_mergeable(
    tx: &mut EveryTx,
    node: NodeId,
    key: &RollupKey,
    digest: [u8; 16],
) -> Result<Option<(Usage, Vec<u8>)>> {
    let query = tx.query(MERGEABLE).bind(key.organization).bind(key.slot).bind(digest.as_slice()).bind(node);
    let found: Option<(Json<Usage>, Vec<u8>)> = query.fetch_optional().await?;
    Ok(found.map(|(Json(usage), latency)| (usage, latency)))
}

/// The groups of the roll-ups with slots in `slots`, and what those have in columns.
pub(crate) async fn list_totals(
    tx: &mut OrgRead,
    slots: (Timestamp, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
) -> Result<Vec<(Group, Totals)>> {
    let rows: Vec<TotalsRow> = select(tx.query(TOTALS), slots, group_by, filter).fetch_all().await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The same roll-ups' meters without columns, row by row.
pub(crate) async fn list_other_usage(
    tx: &mut OrgRead,
    slots: (Timestamp, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
) -> Result<Vec<(Group, Usage)>> {
    let rows: Vec<OtherUsageRow> = select(tx.query(OTHER_USAGE), slots, group_by, filter).fetch_all().await?;
    Ok(rows.into_iter().map(|row| (row.group.into(), row.other_usage.0)).collect())
}

/// The same roll-ups' sketches, row by row.
pub(crate) async fn list_latency(
    tx: &mut OrgRead,
    slots: (Timestamp, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
) -> Result<Vec<(Group, Vec<u8>)>> {
    let rows: Vec<LatencyRow> = select(tx.query(LATENCY), slots, group_by, filter).fetch_all().await?;
    Ok(rows.into_iter().map(|row| (row.group.into(), row.latency)).collect())
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

/// Deletes the roll-ups with slots in `slots`.
pub(crate) async fn delete(tx: &mut OrgTx, slots: (Timestamp, Timestamp)) -> Result<()> {
    tx.query(DELETE).bind(slots.0).bind(slots.1).execute().await.map(drop)
}

/// The first and the last slot.
pub(crate) async fn find_span(tx: &mut OrgRead) -> Result<Option<(Timestamp, Timestamp)>> {
    let (first, last): (Option<Timestamp>, Option<Timestamp>) = tx.query(SPAN).fetch_one().await?;
    Ok(first.zip(last))
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
    other_usage: Json<Usage>,
}

#[derive(sqlx::FromRow)]
struct LatencyRow {
    #[sqlx(flatten)]
    group: GroupColumns,
    latency: Vec<u8>,
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

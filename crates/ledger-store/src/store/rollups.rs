//! Writing roll-ups.

use std::collections::HashMap;

use glaux_kernel::{NodeId, OrganizationId, Timestamp};
use glaux_store::{EverySql, EveryTx, Json, OrgRead, OrgTx, Result, Sql, every_sql, sql};

use crate::{
    calls::CallMoments,
    quantities::Quantities,
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
         latency, call_moments)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45)
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
        latency = excluded.latency,
        call_moments = excluded.call_moments",
);

/// Digests that are looked up at once.
const DIGESTS: usize = 32;

const MERGEABLE: EverySql = every_sql(
    "SELECT dimensions, other_usage, latency, call_moments FROM usage_rollups
     WHERE organization_id = $1 AND slot = $2 AND node_id = $3 AND dimensions IN (
        $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
        $28, $29, $30, $31, $32, $33, $34, $35)",
);

const DELETE: Sql = sql("DELETE FROM usage_rollups WHERE organization_id = $1 AND slot >= $2 AND slot < $3");

// One of both is found at an end of the index; both at once are not.
const SPAN: Sql = sql("SELECT (SELECT MIN(slot) FROM usage_rollups WHERE organization_id = $1) AS first,
        (SELECT MAX(slot) FROM usage_rollups WHERE organization_id = $1) AS last");

/// A roll-up with what can't be added by the database.
pub(crate) struct RollupRow {
    pub(crate) key: RollupKey,
    pub(crate) digest: [u8; 16],
    pub(crate) model_name: Option<String>,
    /// To be added.
    pub(crate) totals: Totals,
    /// To be taken back.
    pub(crate) taken: Option<Box<Totals>>,
    /// The whole of the meters without columns.
    pub(crate) other_usage: Quantities,
    /// The whole sketch.
    pub(crate) latency: Vec<u8>,
    /// All moments.
    pub(crate) moments: CallMoments,
}

/// What a roll-up holds that the database can't add to.
pub(crate) struct Mergeable {
    pub(crate) other_usage: Quantities,
    pub(crate) latency: Vec<u8>,
    pub(crate) moments: CallMoments,
}

#[derive(sqlx::FromRow)]
struct MergeableRow {
    dimensions: Vec<u8>,
    other_usage: Json<Quantities>,
    latency: Vec<u8>,
    call_moments: Option<Vec<u8>>,
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
        match &row.taken {
            None => {
                for number in columns(&row.totals) {
                    values.push(number);
                }
            }
            Some(taken) => {
                for (number, taken) in columns(&row.totals).zip(columns(taken)) {
                    values.push(number.saturating_sub(taken));
                }
            }
        }
        values.push(Json(&row.other_usage)).push(row.latency.as_slice()).push(row.moments.as_bytes());
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

/// What must be merged here of the roll-ups that `node` keeps for an organization and slot, by digest.
pub(crate) async fn find_mergeable(
    tx: &mut EveryTx,
    node: NodeId,
    organization: OrganizationId,
    slot: Timestamp,
    digests: &[[u8; 16]],
) -> Result<HashMap<[u8; 16], Mergeable>> {
    let mut found = HashMap::new();
    for chunk in digests.chunks(DIGESTS) {
        let mut query = tx.query(MERGEABLE).bind(organization).bind(slot).bind(node);
        // The last one again fills the places that are left.
        for place in 0..DIGESTS {
            query = query.bind(chunk[place.min(chunk.len() - 1)].as_slice());
        }
        for row in query.fetch_all::<MergeableRow>().await? {
            if let Ok(digest) = row.dimensions.try_into() {
                let (Json(other_usage), moments) = (row.other_usage, CallMoments::from_bytes(row.call_moments));
                found.insert(digest, Mergeable { other_usage, latency: row.latency, moments });
            }
        }
    }
    Ok(found)
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

//! Other figures for settled attempts: as rows, beside their attempts, and how they are ordered.
//!
//! - An order is written in the transaction of its journal entry, and there is at most one of an attempt on its way: the
//!   next changes what this one made of the figure.
//! - It is applied once: by the projector, in the transaction that adds its difference to sums; or refused, in the one that
//!   passes over it.

use std::{collections::HashMap, fmt, str::FromStr};

use glaux_kernel::{AdjustmentId, AttemptId, CallId, HoldId, ModelId, NodeId, OrganizationId, Timestamp};
use glaux_ledger::record::{Adjustment, AdjustmentReason, Attempt, Attribution, Charge, Figure, Target};
use glaux_store::{Json, OrgRead, OrgTx, Text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Result,
    row::AttemptRow,
    store::{adjustments, attempts, calls},
    usage::ID_SLACK,
};

/// An attempt, and what became of its figure.
#[derive(Debug, Clone, PartialEq)]
pub struct AdjustedAttempt {
    /// As it was settled.
    pub attempt: Attempt,
    /// Its adjustments, the first one first.
    pub adjustments: Vec<Ordered>,
}

/// An adjustment, and how far it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Ordered {
    /// What is changed.
    pub adjustment: Adjustment,
    /// Whether it counts.
    pub state: OrderState,
}

/// How far an adjustment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// On its way to the ledger.
    Ordered,
    /// In all sums.
    Applied,
    /// In no sum, and never will be: the database does not take it.
    Refused,
}

/// An attempt that may get another figure.
#[derive(Debug, Clone)]
pub struct Adjustable {
    /// The attempt.
    pub attempt: AdjustedAttempt,
    /// Whose ledger settled it; the nil node where that is not known.
    pub node: NodeId,
    /// Its call has ended. Before that, the call's own record would count the figure that was settled.
    pub is_recorded: bool,
}

/// Which attempts are rated anew.
#[derive(Debug, Clone)]
pub struct Span {
    /// Opened at this moment or later.
    pub from: Timestamp,
    /// Opened before this moment.
    pub to: Timestamp,
    /// At this model only.
    pub model: Option<ModelId>,
    /// Younger than this one.
    pub after: Option<AttemptId>,
}

impl AdjustedAttempt {
    /// What is known of it now.
    pub fn figure(&self) -> Figure {
        self.last().map_or_else(|| self.attempt.figure(), |last| last.after.clone())
    }

    /// The adjustment that counts.
    pub fn last(&self) -> Option<&Adjustment> {
        let mut applied = self.adjustments.iter().filter(|ordered| ordered.state == OrderState::Applied);
        applied.next_back().map(|ordered| &ordered.adjustment)
    }

    /// The adjustment that is on its way.
    pub fn pending(&self) -> Option<&Adjustment> {
        let mut pending = self.adjustments.iter().filter(|ordered| ordered.state == OrderState::Ordered);
        pending.next().map(|ordered| &ordered.adjustment)
    }
}

/// An attempt of a call. `None`: the call has no such attempt.
pub async fn find_adjustable(tx: &mut OrgRead, call: CallId, attempt: AttemptId) -> Result<Option<Adjustable>> {
    let is_recorded = calls::find(tx, call).await?.is_some();
    let Some(row) = attempts::find(tx, attempt).await?.filter(|row| row.call_id == call) else { return Ok(None) };
    let adjustments = adjustments::list_of_attempts(tx, &[attempt]).await?;
    let found = with_adjustments(vec![row], adjustments)?.pop();
    Ok(found.map(|found| Adjustable { is_recorded, ..found }))
}

/// At most `limit` attempts of recorded calls, the oldest first.
pub async fn list_adjustable(tx: &mut OrgRead, span: &Span, limit: u32) -> Result<Vec<Adjustable>> {
    let first = attempts::first_id_at(span.from.minus(ID_SLACK));
    let ids = (span.after.map_or(first, |after| after.uuid().max(first)), first_id_after(span.to));
    let rows = attempts::list_of_recorded_calls(tx, ids, (span.from, span.to), span.model, i64::from(limit)).await?;
    let Some((first, last)) = rows.first().zip(rows.last()).map(|(first, last)| (first.id, last.id)) else {
        return Ok(Vec::new());
    };
    let adjustments = adjustments::list_between(tx, (first, last)).await?;
    with_adjustments(rows, adjustments)
}

/// Orders adjustments. They are in the sums once their nodes have appended them and the projector has carried them.
///
/// # Errors
/// A unique violation where one for the same attempt is on its way.
pub async fn order_adjustments(tx: &mut OrgTx, adjustments: Vec<Adjustment>) -> Result<()> {
    let rows: Vec<_> =
        adjustments.into_iter().map(|adjustment| AdjustmentRow::new(adjustment, OrderState::Ordered)).collect();
    Ok(adjustments::order(tx, &rows).await?)
}

fn first_id_after(at: Timestamp) -> Uuid {
    attempts::first_id_at(at.plus(ID_SLACK))
}

fn with_adjustments(rows: Vec<AttemptRow>, adjustments: Vec<AdjustmentRow>) -> Result<Vec<Adjustable>> {
    let mut by_attempt = group(adjustments);
    let with = |row: AttemptRow| {
        let node = row.node_id.unwrap_or(NodeId::from_uuid(Uuid::nil()));
        let adjustments = by_attempt.remove(&row.id).unwrap_or_default();
        let attempt = AdjustedAttempt { attempt: row.into_record()?, adjustments };
        Ok(Adjustable { attempt, node, is_recorded: true })
    };
    rows.into_iter().map(with).collect()
}

/// What is ordered for each attempt.
pub(crate) fn group(rows: Vec<AdjustmentRow>) -> HashMap<AttemptId, Vec<Ordered>> {
    let mut by_attempt: HashMap<AttemptId, Vec<Ordered>> = HashMap::new();
    for row in rows {
        by_attempt.entry(row.attempt_id).or_default().push(row.into_ordered());
    }
    by_attempt
}

impl OrderState {
    /// The database text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Applied => "applied",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no state.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not the state of an adjustment")]
pub struct UnknownState(String);

impl FromStr for OrderState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = [Self::Ordered, Self::Applied, Self::Refused].into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| UnknownState(text.to_owned()))
    }
}

/// A row of `adjustments`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AdjustmentRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: AdjustmentId,
    pub(crate) attempt_id: AttemptId,
    pub(crate) call_id: CallId,
    pub(crate) node_id: NodeId,
    pub(crate) opened_at: Timestamp,
    pub(crate) ordered_at: Timestamp,
    pub(crate) state: Text<OrderState>,
    pub(crate) journal_seq: i64,
    pub(crate) detail: Json<AdjustmentDetail>,
}

/// What is not in columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AdjustmentDetail {
    reason: AdjustmentReason,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<AdjustmentId>,
    before: Figure,
    after: Figure,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_usage: Option<String>,
    charges: Vec<Charge>,
    attribution: Attribution,
    target: Target,
    hold: HoldId,
    held_nanos: i64,
}

impl AdjustmentRow {
    pub(crate) fn new(adjustment: Adjustment, state: OrderState) -> Self {
        Self {
            organization_id: adjustment.attribution.organization,
            id: adjustment.adjustment,
            attempt_id: adjustment.attempt,
            call_id: adjustment.call,
            node_id: adjustment.node,
            opened_at: adjustment.opened_at,
            ordered_at: adjustment.at,
            state: Text(state),
            journal_seq: i64::try_from(adjustment.journal_seq).unwrap_or(i64::MAX),
            detail: Json(AdjustmentDetail {
                reason: adjustment.reason,
                previous: adjustment.previous,
                before: adjustment.before,
                after: adjustment.after,
                raw_usage: adjustment.raw_usage,
                charges: adjustment.charges,
                attribution: adjustment.attribution,
                target: adjustment.target,
                hold: adjustment.hold,
                held_nanos: adjustment.held_nanos,
            }),
        }
    }

    pub(crate) fn into_ordered(self) -> Ordered {
        let Json(detail) = self.detail;
        let adjustment = Adjustment {
            adjustment: self.id,
            attempt: self.attempt_id,
            call: self.call_id,
            node: self.node_id,
            opened_at: self.opened_at,
            at: self.ordered_at,
            reason: detail.reason,
            previous: detail.previous,
            before: detail.before,
            after: detail.after,
            raw_usage: detail.raw_usage,
            charges: detail.charges,
            attribution: Attribution { organization: self.organization_id, ..detail.attribution },
            target: detail.target,
            hold: detail.hold,
            held_nanos: detail.held_nanos,
            journal_seq: u64::try_from(self.journal_seq).unwrap_or_default(),
        };
        Ordered { adjustment, state: self.state.0 }
    }
}

//! What people are told about spending: a budget reached a threshold, a call cost more than was held for it.
//!
//! - An alert is told once: a threshold once per budget and period, an overrun once per call. The database keeps it so,
//!   on whatever node it is noticed and however often.
//! - Who watches is told after it is written.

mod reconcile;
mod routes;
mod store;
mod writer;

use glaux_kernel::{AlertId, AttemptId, BudgetId, CallId, Money, OrganizationId, Timestamp};
use glaux_ledger::{Event, Overrun, record::Charge};
use glaux_platform_kit::{Context, find_by_id};
use glaux_routing::threshold_nanos;
use glaux_store::OrgRead;
use glaux_web::{MoneySchema, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::writer::AlertWriter;
pub(crate) use self::{reconcile::notice_thresholds, routes::routes};
use crate::{Budget, budget::share};

/// Forgets the alerts of an organization from before `cutoff`.
pub(crate) async fn delete_old(
    context: &Context,
    organization: OrganizationId,
    cutoff: Timestamp,
) -> glaux_store::Result<()> {
    let mut tx = context.db.organization(organization).begin().await?;
    store::delete_old(&mut tx, cutoff).await?;
    tx.commit().await
}

/// Something that people are told once.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct Alert {
    #[schema(value_type = String)]
    id: AlertId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(flatten)]
    about: About,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = AlertSubject)]
enum About {
    /// What was spent of a budget reached a threshold.
    Threshold(Reached),
    /// An attempt of a call cost more than was held for it.
    Overrun {
        #[schema(value_type = String)]
        call_id: CallId,
        /// The first such attempt.
        #[schema(value_type = String)]
        attempt: AttemptId,
        #[schema(value_type = MoneySchema)]
        held: Money,
        #[schema(value_type = MoneySchema)]
        cost: Money,
    },
}

/// A threshold that was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReachedThreshold)]
struct Reached {
    #[schema(value_type = String)]
    budget: BudgetId,
    /// As it was called then; absent if it was gone already.
    budget_name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    period_start: Timestamp,
    /// The share of the budget; absent if its thresholds had changed already.
    #[schema(example = "0.8")]
    threshold: Option<String>,
    #[schema(value_type = MoneySchema)]
    threshold_amount: Money,
    /// What was spent when it was noticed.
    #[schema(value_type = MoneySchema)]
    spent: Money,
}

impl About {
    /// What the ledger reported, with the names of now.
    async fn read(tx: &mut OrgRead, event: &Event) -> Result<Self, Problem> {
        match *event {
            Event::ThresholdReached {
                charge: Charge { budget, period_start },
                threshold_nanos: at,
                spent_nanos,
                ..
            } => {
                let found = find_by_id::<Budget>(tx, budget).await?;
                let state = found.as_ref().map(|found| &found.state);
                let mut shares = state.into_iter().flat_map(|state| {
                    let amount = state.budget_amount;
                    state.thresholds_permille.iter().filter(move |permille| threshold_nanos(amount, **permille) == at)
                });
                Ok(Self::Threshold(Reached {
                    budget,
                    threshold: shares.next().map(|permille| share(*permille)),
                    budget_name: found.map(|found| found.name),
                    period_start,
                    threshold_amount: Money::usd_nanos(at),
                    spent: Money::usd_nanos(spent_nanos),
                }))
            }
            Event::Overrun { overrun: Overrun { call, attempt, held_nanos, cost_nanos, .. }, .. } => {
                Ok(Self::Overrun {
                    call_id: call,
                    attempt,
                    held: Money::usd_nanos(held_nanos),
                    cost: Money::usd_nanos(cost_nanos),
                })
            }
        }
    }

    /// Two alerts about the same have the same subject.
    fn subject(&self) -> String {
        match self {
            Self::Threshold(reached) => {
                let Reached { budget, period_start, threshold_amount, .. } = reached;
                format!("threshold {budget} {period_start} {}", threshold_amount.nanos())
            }
            Self::Overrun { call_id, .. } => format!("overrun {call_id}"),
        }
    }

    fn budget(&self) -> Option<BudgetId> {
        match self {
            Self::Threshold(reached) => Some(reached.budget),
            Self::Overrun { .. } => None,
        }
    }
}

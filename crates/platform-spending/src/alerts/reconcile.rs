//! Thresholds by the sums of the database: of all nodes, and of what a node did not live to report.

use glaux_kernel::{OrganizationId, Timestamp};
use glaux_ledger::{Event, record::Charge};
use glaux_ledger_store::{BudgetPeriod, list_budget_periods};
use glaux_platform_kit::{Context, Object, list_all, time_zone};
use glaux_routing::threshold_nanos;
use glaux_store::OrgRead;
use glaux_web::Problem;
use jiff::tz::TimeZone;

use super::{About, store, writer};
use crate::{Budget, failed};

/// Writes the thresholds that are reached in the current periods and have not been told.
pub(crate) async fn notice_thresholds(context: &Context, organization: OrganizationId) -> Result<(), Problem> {
    let mut tx = context.db.organization(organization).read().await?;
    let mut untold = Vec::new();
    for event in reached(&mut tx, context.clock.now()).await? {
        let subject = About::read(&mut tx, &event).await?.subject();
        if !store::is_told(&mut tx, &subject).await? {
            untold.push(event);
        }
    }
    drop(tx);
    if untold.is_empty() { Ok(()) } else { writer::tell(context, organization, &untold).await }
}

async fn reached(tx: &mut OrgRead, now: Timestamp) -> Result<Vec<Event>, Problem> {
    let budgets = list_all::<Budget>(tx).await?;
    let zone = TimeZone::get(&time_zone(tx).await?).map_err(Problem::internal)?;
    let start = |budget: &Object<Budget>| budget.state.period_type.bounds(now, &zone).0;
    let Some(from) = budgets.iter().map(start).min() else { return Ok(Vec::new()) };
    let periods = list_budget_periods(tx, from, None).await.map_err(failed)?;
    let organization = tx.organization();
    let mut events = Vec::new();
    for budget in &budgets {
        let charge = Charge { budget: budget.id, period_start: start(budget) };
        let Some(spent_nanos) =
            periods.iter().find(|period| is_of(period, charge)).map(|found| found.spent.spent_nanos)
        else {
            continue;
        };
        let thresholds = budget.state.thresholds_permille.iter();
        let thresholds = thresholds.map(|permille| threshold_nanos(budget.state.budget_amount, *permille));
        events.extend(thresholds.filter(|at| *at <= spent_nanos).map(|threshold_nanos| Event::ThresholdReached {
            organization,
            charge,
            threshold_nanos,
            spent_nanos,
        }));
    }
    Ok(events)
}

fn is_of(period: &BudgetPeriod, charge: Charge) -> bool {
    (period.budget, period.period_start) == (charge.budget, charge.period_start)
}

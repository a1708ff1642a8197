//! The recount: whether everything in the database, and in the segments, says the same.

mod finding;
mod segments;

use std::collections::{BTreeMap, BTreeSet};

use glaux_kernel::{Currency, Money, Rate, Timestamp};
use glaux_ledger::{
    MAX_NANOS,
    record::{Attempt, Cost},
};
use glaux_llm::UsageBasis;
use glaux_store::{Db, OrgRead};

pub use self::{finding::Finding, segments::verify_segments};
use crate::{
    AdjustedAttempt, Result,
    analytics::{AnalyticsFilter, Dimension, Group, each_latency},
    recount::{self, Counted},
    store::{analytics as groups, attempts, balances, calls, retention},
    sums::{BalanceKey, BudgetSpent, Rollup, RollupKey, SLOT},
};

/// Findings that are listed; the rest is counted.
const MAX_FINDINGS: usize = 1000;

/// What a recount looked at, and what did not agree.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// Calls in the database.
    pub calls: u64,
    /// Attempts in the database.
    pub attempts: u64,
    /// Attempts whose call has no record yet.
    pub attempts_under_way: u64,
    /// Adjustments in the database that are in the sums.
    pub adjustments: u64,
    /// Roll-ups that were compared.
    pub rollups: u64,
    /// Records in the segments that were compared with rows.
    pub records: u64,
    /// Holds in the segments that are not settled yet.
    pub open_holds: u64,
    /// What did not agree; at most 1,000.
    pub findings: Vec<Finding>,
    /// What did not agree and is not listed.
    pub more_findings: u64,
}

impl Verification {
    /// Everything agrees.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn report(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more_findings += 1;
        }
    }
}

/// Recounts the rows of every organization against each other, the roll-ups and the balances.
pub async fn verify_rows(db: &Db, verification: &mut Verification) -> Result<()> {
    let mut tx = db.every_organization().read().await?;
    let rows_from = retention::get_rows_from(&mut tx).await?;
    let mut after = None;
    loop {
        after = retention::next_organization(&mut tx, after).await?;
        let Some(organization) = after else { return Ok(()) };
        verify_organization(tx.of(organization), rows_from, verification).await?;
    }
}

async fn verify_organization(tx: &mut OrgRead, rows_from: Timestamp, verification: &mut Verification) -> Result<()> {
    let days = recount::days(tx, rows_from).await?;
    if days.is_empty() {
        return Ok(());
    }
    let mut spent: BTreeMap<BalanceKey, BudgetSpent> = BTreeMap::new();
    for day in days {
        let sums = recount::recount(tx, day, |entry| verify_entry(entry, verification)).await?;
        for (key, amount) in sums.balances {
            spent.entry(key).or_default().merge(amount);
        }
        verify_calls(tx, day, verification).await?;
        verify_rollups(tx, day, sums.rollups.into_iter().collect(), verification).await?;
    }
    let whole_from = recount::whole_from(rows_from);
    spent.retain(|key, _| key.period_start >= whole_from);
    verify_balances(tx, whole_from, spent, verification).await
}

fn verify_entry(entry: Counted<'_>, verification: &mut Verification) {
    match entry {
        Counted::Call => verification.calls += 1,
        Counted::Attempt(adjusted, stated_nanos) => {
            verification.attempts += 1;
            verification.adjustments += adjusted.adjustments.len() as u64;
            verify_attempt(&adjusted.attempt).into_iter().for_each(|finding| verification.report(finding));
            verify_adjustments(adjusted, stated_nanos, verification);
        }
    }
}

fn verify_attempt(attempt: &Attempt) -> Option<Finding> {
    if attempt.usage_basis == UsageBasis::Bound && attempt.cost.lines.is_empty() {
        let is_held = attempt.cost.nanos == attempt.held_nanos;
        return (!is_held).then_some(Finding::Bound { attempt: attempt.attempt });
    }
    verify_cost(attempt, &attempt.cost)
}

/// Each adjustment changes the figure that the one before left; the attempt's row says what the last one says.
fn verify_adjustments(adjusted: &AdjustedAttempt, stated_nanos: Option<i64>, verification: &mut Verification) {
    let attempt = &adjusted.attempt;
    let (mut figure, mut previous) = (attempt.figure(), None);
    for adjustment in adjusted.adjustments.iter().map(|ordered| &ordered.adjustment) {
        if adjustment.before != figure || adjustment.previous != previous {
            verification.report(Finding::Adjustment { adjustment: adjustment.adjustment });
        }
        let after = &adjustment.after;
        let rated = if after.billed { None } else { verify_cost(attempt, &after.cost) };
        rated.into_iter().for_each(|finding| verification.report(finding));
        (figure, previous) = (after.clone(), Some(adjustment.adjustment));
    }
    let found_nanos = previous.map(|_| figure.cost.nanos);
    if stated_nanos != found_nanos {
        let [stated_nanos, found_nanos] = [stated_nanos, found_nanos].map(|nanos| nanos.unwrap_or(attempt.cost.nanos));
        verification.report(Finding::Adjusted { attempt: attempt.attempt, stated_nanos, found_nanos });
    }
}

/// The lines of `cost`, one of those of `attempt`, add up to it, or to more than is charged.
fn verify_cost(attempt: &Attempt, cost: &Cost) -> Option<Finding> {
    let stated_nanos = cost.nanos;
    let of_lines = cost.lines.iter().map(|line| Rate::from_femtos(line.femtos).times(line.quantity));
    let femtos = of_lines.fold(0, i128::saturating_add);
    let rated_nanos = Money::from_femtos(femtos, Currency::USD).nanos().min(MAX_NANOS);
    let finding = Finding::CostLines { attempt: attempt.attempt, stated_nanos, rated_nanos };
    (stated_nanos != rated_nanos).then_some(finding)
}

async fn verify_calls(tx: &mut OrgRead, day: (Timestamp, Timestamp), verification: &mut Verification) -> Result<()> {
    let ids = (attempts::first_id_at(day.0), attempts::first_id_at(day.1));
    for call in calls::list_inconsistent(tx, ids, MAX_FINDINGS as i64).await? {
        verification.report(Finding::Call {
            call: call.call,
            stated_nanos: call.stated_nanos,
            found_nanos: call.found_nanos,
            stated_attempts: call.stated_attempts,
            found_attempts: call.found_attempts,
        });
    }
    let under_way = attempts::count_without_call(tx, ids).await?;
    verification.attempts_under_way += u64::try_from(under_way).unwrap_or_default();
    Ok(())
}

async fn verify_rollups(
    tx: &mut OrgRead,
    day: (Timestamp, Timestamp),
    found: BTreeMap<RollupKey, Rollup>,
    verification: &mut Verification,
) -> Result<()> {
    let mut by_slot: BTreeMap<Timestamp, BTreeMap<Group, Rollup>> = BTreeMap::new();
    for (key, rollup) in found {
        by_slot.entry(key.slot).or_default().insert(group_of(&key), rollup);
    }
    let mut slot = day.0;
    while slot < day.1 {
        let found = by_slot.remove(&slot).unwrap_or_default();
        let organization = tx.organization();
        let mut stated = read_rollups(tx, (slot, slot.plus(SLOT))).await?;
        verification.rollups += stated.len() as u64;
        for (group, found) in found {
            let stated = stated.remove(&group).unwrap_or_default();
            if !agree(&stated, &found) {
                let (stated_nanos, found_nanos) = (stated.totals.cost_nanos, found.totals.cost_nanos);
                verification.report(Finding::Rollup { organization, slot, stated_nanos, found_nanos });
            }
        }
        for rollup in stated.into_values() {
            let stated_nanos = rollup.totals.cost_nanos;
            verification.report(Finding::Rollup { organization, slot, stated_nanos, found_nanos: 0 });
        }
        slot = slot.plus(SLOT);
    }
    Ok(())
}

fn group_of(key: &RollupKey) -> Group {
    let dimensions = key.dimensions;
    Group {
        application: Some(dimensions.application),
        feature: dimensions.feature,
        provider: dimensions.provider,
        model: dimensions.model,
        model_name: None,
        environment: Some(dimensions.environment),
        key: Some(dimensions.key),
    }
}

/// The roll-ups of a slot, over all nodes.
async fn read_rollups(tx: &mut OrgRead, slots: (Timestamp, Timestamp)) -> Result<BTreeMap<Group, Rollup>> {
    const ALL: [Dimension; 6] = [
        Dimension::Application,
        Dimension::Feature,
        Dimension::Provider,
        Dimension::Model,
        Dimension::Environment,
        Dimension::Key,
    ];
    let unnamed = |group: Group| Group { model_name: None, ..group };
    let filter = AnalyticsFilter::default();
    let mut rollups: BTreeMap<Group, Rollup> = BTreeMap::new();
    for (group, totals) in groups::list_totals(tx, slots, &ALL, &filter).await? {
        rollups.entry(unnamed(group)).or_default().totals.merge(&totals);
    }
    if rollups.is_empty() {
        return Ok(rollups);
    }
    for (_, group, usage) in groups::list_other_usage(tx, slots, |_| slots.0, &ALL, &filter).await? {
        rollups.entry(unnamed(group)).or_default().totals.usage.merge(&usage);
    }
    each_latency(tx, slots, &ALL, &filter, |_, group, latency| {
        rollups.entry(unnamed(group)).or_default().latency.merge(latency)
    })
    .await?;
    Ok(rollups)
}

fn agree(stated: &Rollup, found: &Rollup) -> bool {
    stated.totals == found.totals
        && stated.latency.count() == found.latency.count()
        && stated.latency.quantile_micros(0.5) == found.latency.quantile_micros(0.5)
}

async fn verify_balances(
    tx: &mut OrgRead,
    from: Timestamp,
    mut found: BTreeMap<BalanceKey, BudgetSpent>,
    verification: &mut Verification,
) -> Result<()> {
    let organization = tx.organization();
    let mut stated: BTreeMap<BalanceKey, BudgetSpent> = BTreeMap::new();
    for (budget, period_start, spent) in balances::list(tx, from, None).await? {
        stated.insert(BalanceKey { organization, budget, period_start }, spent);
    }
    let keys: BTreeSet<_> = stated.keys().chain(found.keys()).copied().collect();
    for key in keys {
        let stated = stated.remove(&key).unwrap_or_default();
        let found = found.remove(&key).unwrap_or_default();
        if stated != found {
            verification.report(Finding::Balance {
                organization,
                budget: key.budget,
                period_start: key.period_start,
                stated_nanos: stated.spent_nanos,
                found_nanos: found.spent_nanos,
            });
        }
    }
    Ok(())
}

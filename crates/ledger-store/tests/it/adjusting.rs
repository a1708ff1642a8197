//! Attempts get other figures: whatever dies in between, each of them counts once.

use std::{sync::Arc, time::Duration};

use glaux_kernel::{AdjustmentId, Clock, Timestamp};
use glaux_ledger::{
    Position,
    record::{Adjustment, AdjustmentReason, Attempt, Charge, Figure, Record, Status},
};
use glaux_ledger_store::{
    Adjustable, Adjuster, AnalyticsFilter, AnalyticsQuery, OrderState, Projector, Span, Totals, delete_old_rows,
    explain_call, find_adjustable, list_adjustable, list_budget_periods, order_adjustments, rebuild, sum_usage,
};
use glaux_llm::{Meter, UsageBasis};
use glaux_store::{Db, SharedSql, shared_sql};
use glaux_testkit::{database::TestDatabase, on_both};
use jiff::tz::TimeZone;

use crate::world::{START, World, moment, organization, settlement};

on_both!(
    both_figures_are_kept_and_sums_are_those_of_the_last,
    whatever_dies_in_between_an_order_is_applied_once,
    at_random_moments_nothing_is_lost_or_doubled,
    only_the_node_of_the_attempt_appends_unless_it_is_gone,
    the_second_waits_for_the_first,
    a_call_that_is_under_way_is_left_alone,
    adjustments_go_with_their_calls,
    adjustments_that_the_database_knows_count_once,
);

const DAY: Duration = Duration::from_secs(86_400);

/// What is known of an attempt later.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known {
    /// It wrote so many tokens.
    Tokens(u64),
    /// The provider billed so many nano-dollars.
    Bill(i64),
}

impl Known {
    fn figure(self, before: &Figure) -> Figure {
        match self {
            Self::Tokens(tokens) => {
                let settlement = settlement(tokens);
                Figure {
                    usage: settlement.usage,
                    usage_basis: UsageBasis::Reported,
                    service_tier: before.service_tier,
                    cost: settlement.cost,
                    billed: false,
                }
            }
            Self::Bill(nanos) => {
                let cost = glaux_ledger::record::Cost { nanos, unpriced: None, lines: Vec::new() };
                Figure { cost, billed: true, ..before.clone() }
            }
        }
    }
}

fn span() -> Span {
    Span { from: Timestamp::default(), to: moment("2030-01-01T00:00:00Z"), model: None, after: None }
}

pub(crate) async fn adjustable(db: &Db) -> Vec<Adjustable> {
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    list_adjustable(&mut tx, &span(), 1000).await.unwrap()
}

fn adjustment(world: &World, adjustable: &Adjustable, known: Known) -> Adjustment {
    let (attempt, before, now) = (&adjustable.attempt.attempt, adjustable.attempt.figure(), world.clock.now());
    Adjustment {
        adjustment: AdjustmentId::new(now, &world.rng),
        attempt: attempt.attempt,
        call: attempt.call,
        node: adjustable.node,
        opened_at: attempt.opened_at,
        at: now,
        reason: AdjustmentReason::Reconciled,
        previous: adjustable.attempt.last().map(|last| last.adjustment),
        after: known.figure(&before),
        before,
        raw_usage: Some(r#"{"completion_tokens":7}"#.to_owned()),
        charges: attempt.charges.clone(),
        attribution: attempt.attribution.clone(),
        target: attempt.target.clone(),
        hold: attempt.hold,
        held_nanos: attempt.held_nanos,
        journal_seq: 100 + adjustable.attempt.adjustments.len() as u64,
    }
}

/// Orders another figure for every attempt that has none under way.
pub(crate) async fn order(world: &World, db: &Db, known: Known) -> usize {
    let adjustable = adjustable(db).await;
    let free = adjustable.iter().filter(|attempt| attempt.attempt.pending().is_none());
    let orders: Vec<_> = free.map(|attempt| adjustment(world, attempt, known)).collect();
    let ordered = orders.len();
    let mut tx = db.organization(organization(1)).begin().await.unwrap();
    order_adjustments(&mut tx, orders).await.unwrap();
    tx.commit().await.unwrap();
    ordered
}

/// A projector and an adjuster, as one process has them.
pub(crate) fn process(world: &World, db: &Db) -> (Projector, Adjuster) {
    let projector = world.projector(db);
    let adjuster = Adjuster::new(db.clone(), Arc::clone(&world.ledger), projector.watch(), world.clock.clone());
    (projector, adjuster)
}

/// Adjusts every attempt, from the order to the sums.
pub(crate) async fn adjust(world: &World, db: &Db, known: Known) {
    let (mut projector, mut adjuster) = process(world, db);
    projector.catch_up().await.unwrap();
    let ordered = order(world, db, known).await;
    assert!(ordered > 0);
    assert_eq!(adjuster.append().await.unwrap(), ordered);
    projector.catch_up().await.unwrap();
}

/// The attempts of the segments, and what they are adjusted by, in order.
fn records(world: &World) -> (Vec<Attempt>, Vec<Adjustment>) {
    let (mut attempts, mut adjustments, mut position) = (Vec::new(), Vec::new(), Position::default());
    loop {
        let batch = world.ledger.tail().read(position, 1000).unwrap();
        if batch.entries.is_empty() {
            return (attempts, adjustments);
        }
        position = batch.next;
        for entry in batch.entries {
            match entry.record {
                Record::Attempt(attempt) => attempts.push(*attempt),
                Record::Adjustment(adjustment) => adjustments.push(*adjustment),
                Record::Call(_) | Record::HoldOpened(_) | Record::HoldExtended(_) => {}
            }
        }
    }
}

/// Everything says the same: rows, segments, roll-ups, balances in the database and in memory.
async fn assert_sound(world: &World, db: &Db) {
    let found = world.verify(db).await;
    assert_eq!(found.findings, []);
    let (attempts, adjustments) = records(world);
    assert_eq!(found.adjustments, adjustments.len() as u64);
    let mut spent: std::collections::BTreeMap<_, i64> = Default::default();
    let settled = attempts.iter().map(|attempt| (&attempt.charges, attempt.cost.nanos));
    let changed = adjustments.iter().map(|adjustment| (&adjustment.charges, adjustment.difference_nanos()));
    for (charges, nanos) in settled.chain(changed) {
        charges.iter().for_each(|charge| *spent.entry((charge.budget, charge.period_start)).or_default() += nanos);
    }
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let periods = list_budget_periods(&mut tx, Timestamp::default(), None).await.unwrap();
    let in_rows: Vec<_> =
        periods.iter().map(|period| ((period.budget, period.period_start), period.spent.spent_nanos)).collect();
    assert_eq!(in_rows, spent.clone().into_iter().collect::<Vec<_>>());
    for ((budget, period_start), nanos) in spent {
        assert_eq!(world.ledger.balance(Charge { budget, period_start }).spent_nanos, nanos);
    }
}

pub(crate) async fn total(db: &Db) -> Totals {
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let query = AnalyticsQuery {
        from: moment(START),
        to: moment(START).plus(DAY * 40),
        group_by: Vec::new(),
        bucket: None,
        zone: TimeZone::UTC,
        filter: AnalyticsFilter::default(),
    };
    sum_usage(&mut tx, &query).await.unwrap().remove(0).value
}

/// Sends an attempt of which nothing is known; then its call is recorded.
pub(crate) fn leave_unknown(world: &World) {
    let mut call = world.ledger.open_call(world.call());
    drop(world.send(&mut call, 2, 4000).settle_at_bound(Status::Unknown, None));
    drop(call.record());
}

async fn both_figures_are_kept_and_sums_are_those_of_the_last(database: TestDatabase) {
    let (world, db) = (World::new(51), database.db());
    leave_unknown(&world);
    world.project(db).await;
    let before = total(db).await;
    assert_eq!((before.cost_nanos, before.bound_attempts, before.usage.get(Meter::OutputTokens)), (4000, 1, 100));

    adjust(&world, db, Known::Tokens(5)).await;
    let after = total(db).await;
    assert_eq!((after.cost_nanos, after.bound_attempts, after.usage.get(Meter::OutputTokens)), (2000, 0, 5));
    assert_eq!((after.usage.get(Meter::WebSearches), after.attempts.get(Status::Unknown)), (2, 1));
    assert_sound(&world, db).await;

    // What is rebuilt is kept in another name than what this node takes back afterwards.
    rebuild(db).await.unwrap();
    assert_eq!(total(db).await, after);
    adjust(&world, db, Known::Tokens(3)).await;
    let last = total(db).await;
    assert_eq!(
        (last.cost_nanos, last.usage.get(Meter::OutputTokens), last.usage.get(Meter::WebSearches)),
        (1200, 3, 0)
    );
    adjust(&world, db, Known::Bill(1777)).await;
    assert_eq!(total(db).await.cost_nanos, 1777);
    assert_sound(&world, db).await;

    let call = adjustable(db).await[0].attempt.attempt.call;
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let explained = explain_call(&mut tx, call).await.unwrap().unwrap();
    assert_eq!(explained.call.unwrap().call.cost_nanos, 1777);
    let adjusted = &explained.attempts[0];
    assert_eq!((adjusted.attempt.cost.nanos, adjusted.figure().cost.nanos), (4000, 1777));
    let figures: Vec<_> = adjusted
        .adjustments
        .iter()
        .map(|one| (one.adjustment.before.cost.nanos, one.adjustment.after.cost.nanos, one.state))
        .collect();
    let applied = OrderState::Applied;
    assert_eq!(figures, [(4000, 2000, applied), (2000, 1200, applied), (1200, 1777, applied)]);
    let mut other = db.organization(organization(2)).read().await.unwrap();
    assert!(list_adjustable(&mut other, &span(), 9).await.unwrap().is_empty());
}

async fn whatever_dies_in_between_an_order_is_applied_once(database: TestDatabase) {
    for dies_after in ["order", "append", "projection"] {
        let database = TestDatabase::of(database.db().kind()).await;
        let (world, db) = (World::new(52), database.db());
        leave_unknown(&world);
        let (mut projector, mut adjuster) = process(&world, db);
        assert_eq!(adjuster.append().await.unwrap(), 0);
        projector.catch_up().await.unwrap();
        order(&world, db, Known::Tokens(5)).await;
        if dies_after != "order" {
            assert_eq!(adjuster.append().await.unwrap(), 1);
            assert_eq!(adjuster.append().await.unwrap(), 0, "it is appended");
        }
        if dies_after == "projection" {
            projector.catch_up().await.unwrap();
            assert_eq!(adjuster.append().await.unwrap(), 0, "it is applied");
        }
        let next = world.killed(53);
        let (mut projector, mut adjuster) = process(&next, db);
        assert_eq!(adjuster.append().await.unwrap(), 0, "{dies_after}: not known yet what is in the segments");
        projector.catch_up().await.unwrap();
        let left = usize::from(dies_after == "order");
        assert_eq!(adjuster.append().await.unwrap(), left, "{dies_after}");
        projector.catch_up().await.unwrap();
        assert_eq!(adjuster.append().await.unwrap(), 0, "{dies_after}");
        assert_eq!(records(&next).1.len(), 1, "{dies_after}");
        assert_eq!(total(db).await.cost_nanos, 2000, "{dies_after}");
        assert_sound(&next, db).await;
    }
}

async fn at_random_moments_nothing_is_lost_or_doubled(database: TestDatabase) {
    let (mut world, db) = (World::new(54), database.db());
    let mut ordered = 0;
    for round in 0..30 {
        for _ in 0..3 {
            leave_unknown(&world);
            world.clock.advance(Duration::from_secs(40));
        }
        let (mut projector, mut adjuster) = process(&world, db);
        for _ in 0..world.pick(6) {
            match world.pick(3) {
                0 => {
                    let tokens = world.pick(20);
                    ordered += order(&world, db, Known::Tokens(tokens)).await;
                }
                1 => drop(adjuster.append().await.unwrap()),
                _ => {
                    let patience = Duration::from_micros(world.pick(9000));
                    drop(tokio::time::timeout(patience, projector.catch_up()).await);
                }
            }
        }
        world = world.killed(100 + round);
    }
    let (mut projector, mut adjuster) = process(&world, db);
    for _ in 0..2 {
        projector.catch_up().await.unwrap();
        ordered += order(&world, db, Known::Tokens(9)).await;
        adjuster.append().await.unwrap();
    }
    projector.catch_up().await.unwrap();
    assert!(ordered >= 90, "{ordered}: each attempt has been adjusted");
    assert_eq!(records(&world).1.len(), ordered);
    assert_sound(&world, db).await;
}

async fn only_the_node_of_the_attempt_appends_unless_it_is_gone(database: TestDatabase) {
    let (world, other, db) = (World::new(55), World::new(56), database.db());
    assert_ne!(world.node(), other.node());
    leave_unknown(&world);
    let (mut projector, mut adjuster) = process(&world, db);
    let (mut other_projector, mut other_adjuster) = process(&other, db);
    projector.catch_up().await.unwrap();
    other_projector.catch_up().await.unwrap();
    order(&world, db, Known::Tokens(5)).await;
    assert_eq!(other_adjuster.append().await.unwrap(), 0);
    other.clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(other_adjuster.append().await.unwrap(), 1, "nobody had it for a day");
    // The node was slow, not gone, and has appended it too.
    assert_eq!(adjuster.append().await.unwrap(), 1);
    other_projector.catch_up().await.unwrap();
    projector.catch_up().await.unwrap();
    assert_eq!(total(db).await.cost_nanos, 2000);
    assert_eq!((records(&world).1, records(&other).1.len()), (records(&other).1, 1));
    assert_sound(&world, db).await;
    let charge = records(&world).0[0].charges[0];
    assert_eq!(other.ledger.balance(charge).spent_nanos, 0, "it has not spent what it takes back");
}

async fn the_second_waits_for_the_first(database: TestDatabase) {
    let (world, db) = (World::new(57), database.db());
    leave_unknown(&world);
    world.project(db).await;
    let attempt = adjustable(db).await.remove(0);
    for is_first in [true, false] {
        let mut tx = db.organization(organization(1)).begin().await.unwrap();
        let ordered = order_adjustments(&mut tx, vec![adjustment(&world, &attempt, Known::Bill(1))]).await;
        assert_eq!(ordered.is_ok(), is_first);
        if is_first {
            tx.commit().await.unwrap();
        }
    }
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let (call, id) = (attempt.attempt.attempt.call, attempt.attempt.attempt.attempt);
    let found = find_adjustable(&mut tx, call, id).await.unwrap().unwrap();
    assert!(found.attempt.pending().is_some() && found.attempt.last().is_none());
    assert_eq!(found.attempt.figure().cost.nanos, 4000, "what is ordered does not count yet");
}

async fn a_call_that_is_under_way_is_left_alone(database: TestDatabase) {
    let (world, db) = (World::new(60), database.db());
    let mut call = world.ledger.open_call(world.call());
    drop(world.send(&mut call, 2, 4000).settle_at_bound(Status::Timeout, None));
    world.project(db).await;
    let attempt = records(&world).0.remove(0);
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let found = find_adjustable(&mut tx, attempt.call, attempt.attempt).await.unwrap().unwrap();
    assert!(!found.is_recorded);
    drop(tx);
    assert!(adjustable(db).await.is_empty());
    drop(call);
    world.project(db).await;
    assert!(adjustable(db).await[0].is_recorded);
}

const ADJUSTMENTS: SharedSql = shared_sql("SELECT id FROM adjustments WHERE journal_seq >= $1");

async fn adjustments_go_with_their_calls(database: TestDatabase) {
    let (world, db) = (World::new(58), database.db());
    leave_unknown(&world);
    world.clock.advance(DAY * 2);
    leave_unknown(&world);
    adjust(&world, db, Known::Tokens(5)).await;
    let before = total(db).await;
    delete_old_rows(db, world.clock.now().minus(DAY)).await.unwrap();
    let mut tx = db.every_organization().read().await.unwrap();
    let left: Vec<(AdjustmentId,)> = tx.query_shared(ADJUSTMENTS).bind(0_i64).fetch_all().await.unwrap();
    drop(tx);
    assert_eq!(left.len(), 1);
    assert_eq!(world.verify(db).await.findings, []);
    rebuild(db).await.unwrap();
    assert_eq!(total(db).await, before);
    assert_eq!(world.verify(db).await.findings, []);
}

const REWIND: SharedSql = shared_sql("UPDATE projector_offsets SET segment = 0, byte_offset = $1");

async fn adjustments_that_the_database_knows_count_once(database: TestDatabase) {
    let (world, db) = (World::new(59), database.db());
    leave_unknown(&world);
    adjust(&world, db, Known::Tokens(5)).await;
    leave_unknown(&world);
    adjust(&world, db, Known::Tokens(6)).await;
    let before = total(db).await;
    let mut tx = db.every_organization().begin().await.unwrap();
    tx.query_shared(REWIND).bind(0_i64).execute().await.unwrap();
    tx.commit().await.unwrap();
    leave_unknown(&world);
    world.project(db).await;
    assert_eq!(total(db).await.cost_nanos, before.cost_nanos + 4000);
    assert_sound(&world, db).await;
}

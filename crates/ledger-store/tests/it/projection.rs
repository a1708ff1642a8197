use std::time::Duration;

use glaux_kernel::Timestamp;
use glaux_ledger_store::{explain_call, list_budget_periods};
use glaux_store::{SharedSql, shared_sql};
use glaux_testkit::{database::TestDatabase, on_both};

use crate::world::{World, budget, organization, settlement};

on_both!(
    rows_read_back_as_the_records,
    a_projector_that_is_cut_off_anywhere_loses_and_doubles_nothing,
    entries_that_the_database_knows_count_once,
    two_projectors_of_one_node_do_not_double,
    balances_are_those_of_the_gateway,
    another_organization_sees_nothing,
    a_call_whose_attempt_came_in_an_earlier_batch_counts_at_its_model,
);

async fn rows_read_back_as_the_records(database: TestDatabase) {
    let world = World::new(1);
    world.busy(300);
    world.project(database.db()).await;
    let (attempts, calls) = world.records();
    for call in calls {
        let mut tx = database.db().organization(call.attribution.organization).read().await.unwrap();
        let explained = explain_call(&mut tx, call.call).await.unwrap().unwrap();
        let expected: Vec<_> = attempts.iter().filter(|attempt| attempt.call == call.call).cloned().collect();
        let found: Vec<_> = explained.attempts.into_iter().map(|adjusted| adjusted.attempt).collect();
        assert_eq!(found, expected);
        let served = explained.call.unwrap();
        let target = expected.iter().filter(|attempt| !attempt.late).map(|attempt| attempt.target.clone()).next_back();
        assert_eq!(served.target, target);
        let late: i64 = expected.iter().filter(|attempt| attempt.late).map(|attempt| attempt.cost.nanos).sum();
        let mut expected = call;
        expected.cost_nanos += late;
        assert_eq!(served.call, expected);
    }
    let verification = world.verify(database.db()).await;
    assert_eq!(verification.findings, []);
    assert_eq!((verification.open_holds, verification.attempts_under_way), (0, 0));
    assert_eq!(verification.records, verification.calls + verification.attempts);
    assert_eq!(verification.calls, 300);
}

async fn a_projector_that_is_cut_off_anywhere_loses_and_doubles_nothing(database: TestDatabase) {
    let world = World::new(2);
    for _ in 0..40 {
        world.busy(20);
        let patience = Duration::from_micros(world.pick(8000));
        let mut projector = world.projector(database.db());
        // Cut off or not: both must be right.
        drop(tokio::time::timeout(patience, projector.catch_up()).await);
    }
    world.project(database.db()).await;
    let verification = world.verify(database.db()).await;
    assert_eq!(verification.findings, []);
    assert_eq!(verification.calls, 800);
}

pub(crate) const REWIND: SharedSql = shared_sql("UPDATE projector_offsets SET segment = 0, byte_offset = $1");

async fn entries_that_the_database_knows_count_once(database: TestDatabase) {
    let world = World::new(3);
    world.busy(50);
    world.project(database.db()).await;
    let mut tx = database.db().every_organization().begin().await.unwrap();
    tx.query_shared(REWIND).bind(0_i64).execute().await.unwrap();
    tx.commit().await.unwrap();
    world.busy(50);
    let mut projector = world.projector(database.db());
    projector.catch_up().await.unwrap();
    assert!(projector.watch().get().entries < 150, "{:?}", projector.watch().get());
    let verification = world.verify(database.db()).await;
    assert_eq!(verification.findings, []);
    assert_eq!(verification.calls, 100);
}

async fn two_projectors_of_one_node_do_not_double(database: TestDatabase) {
    let world = World::new(4);
    let (mut first, mut second) = (world.projector(database.db()), world.projector(database.db()));
    for _ in 0..10 {
        world.busy(10);
        let (first, second) = tokio::join!(first.catch_up(), second.catch_up());
        first.unwrap();
        second.unwrap();
    }
    world.busy(10);
    first.catch_up().await.unwrap();
    // It is told that it was overtaken, and goes on from there.
    second.catch_up().await.unwrap();
    let verification = world.verify(database.db()).await;
    assert_eq!(verification.findings, []);
    assert_eq!(verification.calls, 110);
}

async fn balances_are_those_of_the_gateway(database: TestDatabase) {
    let world = World::new(5);
    world.busy(100);
    let overrun = world.call();
    world.serve(overrun, 1, settlement(5000));
    world.project(database.db()).await;
    let mut overruns = 0;
    let mut spent = std::collections::HashMap::new();
    for number in 1..=2 {
        let mut tx = database.db().organization(organization(number)).read().await.unwrap();
        for period in list_budget_periods(&mut tx, Timestamp::default(), None).await.unwrap() {
            let charge = glaux_ledger::record::Charge { budget: period.budget, period_start: period.period_start };
            *spent.entry(charge).or_insert(0) += period.spent.spent_nanos;
            overruns += period.spent.overruns;
        }
        let one = list_budget_periods(&mut tx, Timestamp::default(), Some(budget(1))).await.unwrap();
        assert!(one.iter().all(|period| period.budget == budget(1)) && !one.is_empty());
    }
    for (charge, spent) in spent {
        assert_eq!(world.ledger.balance(charge).spent_nanos, spent, "{charge:?}");
    }
    assert!(overruns >= 2);
}

async fn another_organization_sees_nothing(database: TestDatabase) {
    let world = World::new(6);
    let call = world.call();
    let id = call.call;
    world.serve(call, 1, settlement(1));
    world.project(database.db()).await;
    let mut own = database.db().organization(organization(1)).read().await.unwrap();
    assert!(explain_call(&mut own, id).await.unwrap().is_some());
    let mut other = database.db().organization(organization(2)).read().await.unwrap();
    assert!(explain_call(&mut other, id).await.unwrap().is_none());
    assert_eq!(list_budget_periods(&mut other, Timestamp::default(), None).await.unwrap(), []);
}

async fn a_call_whose_attempt_came_in_an_earlier_batch_counts_at_its_model(database: TestDatabase) {
    let world = World::new(7);
    let mut call = world.ledger.open_call(world.call());
    drop(world.send(&mut call, 4, 100).settle(settlement(0)));
    world.project(database.db()).await;
    let verification = world.verify(database.db()).await;
    assert_eq!((verification.attempts_under_way, verification.findings.len()), (1, 0));
    let id = call.id();
    drop(call.record());
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let explained = explain_call(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(explained.call.unwrap().target.unwrap().model_name, "acme/model-4");
    drop(tx);
    assert_eq!(world.verify(database.db()).await.findings, []);
}

#[tokio::test]
async fn a_database_that_is_away_is_reported_and_loses_nothing() {
    let world = World::new(8);
    world.busy(20);
    let away = TestDatabase::sqlite().await;
    away.db().close().await;
    let projector = world.projector(away.db());
    let watch = projector.watch();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(projector.run(async { drop(stopped.await) }));
    while watch.get().failing.is_none() {
        tokio::task::yield_now().await;
    }
    world.busy(20);
    drop(stop);
    running.await.unwrap();
    let back = TestDatabase::sqlite().await;
    world.project(back.db()).await;
    let verification = world.verify(back.db()).await;
    assert_eq!((verification.calls, verification.findings.len()), (40, 0));
}

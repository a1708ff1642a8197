use std::{fs, time::Duration};

use glaux_ledger::Tail;
use glaux_ledger_store::{Finding, Verification, rebuild, verify_segments};
use glaux_store::{SharedSql, shared_sql};
use glaux_testkit::{database::TestDatabase, on_both};

use crate::{
    adjusting,
    world::{World, settlement},
};

on_both!(
    what_was_tampered_with_is_found,
    a_hold_that_nothing_settles_any_more_is_found,
    sums_are_rebuilt_from_rows_while_calls_go_on,
);

/// One statement that spoils something, and the kinds of finding that must follow.
const TAMPERINGS: [(SharedSql, &[&str]); 10] = [
    (
        shared_sql("UPDATE attempts SET cost_nanos = cost_nanos + $1"),
        &["CostLines", "Adjustment", "Rollup", "Balance", "Row"],
    ),
    (shared_sql("UPDATE calls SET cost_nanos = cost_nanos + $1"), &["Call"]),
    (shared_sql("UPDATE usage_rollups SET output_tokens = output_tokens + $1"), &["Rollup"]),
    (shared_sql("UPDATE budget_balances SET spent_nanos = spent_nanos + $1"), &["Balance"]),
    (shared_sql("DELETE FROM usage_rollups WHERE cost_nanos >= $1"), &["Rollup"]),
    (shared_sql("UPDATE calls SET attempts = attempts + $1"), &["Row"]),
    (shared_sql("UPDATE attempts SET adjusted_nanos = adjusted_nanos + $1"), &["Adjusted", "Call"]),
    (
        shared_sql("UPDATE adjustments SET detail = REPLACE(detail, '\"nanos\":2800', '\"nanos\":2801') WHERE $1 = 1"),
        &["CostLines", "Adjusted", "Rollup", "Balance", "Row"],
    ),
    (shared_sql("UPDATE adjustments SET journal_seq = journal_seq + $1"), &["Row"]),
    (shared_sql("DELETE FROM adjustments WHERE journal_seq >= $1"), &["Adjusted", "Rollup", "Balance", "Row"]),
];

async fn what_was_tampered_with_is_found(database: TestDatabase) {
    let world = World::new(41);
    world.serve(world.call(), 1, settlement(10));
    world.project(database.db()).await;
    adjusting::adjust(&world, database.db(), adjusting::Known::Tokens(7)).await;
    for (tampering, expected) in TAMPERINGS {
        let spoiled = TestDatabase::of(database.db().kind()).await;
        world.project(spoiled.db()).await;
        assert!(world.verify(spoiled.db()).await.is_sound());
        let mut tx = spoiled.db().every_organization().begin().await.unwrap();
        assert!(tx.query_shared(tampering).bind(1_i64).execute().await.unwrap() > 0);
        tx.commit().await.unwrap();
        let findings = world.verify(spoiled.db()).await.findings;
        let mut kinds: Vec<_> = findings.iter().map(kind).collect();
        kinds.dedup();
        assert_eq!(kinds, expected, "{tampering:?}");
    }
}

async fn a_hold_that_nothing_settles_any_more_is_found(database: TestDatabase) {
    let world = World::new(43);
    let mut call = world.ledger.open_call(world.call());
    let settled = world.send(&mut call, 1, 100);
    let open = world.send(&mut call, 2, 100);
    let id = settled.id();
    world.ledger.checkpoint().unwrap();
    let segment = world.home.path().join("ledger/000000000001.seg");
    let both_open = fs::metadata(&segment).unwrap().len();
    let check = async |open_holds, findings: &[&str]| {
        let mut found = Verification::default();
        let tail = Tail::at_rest(&world.home.path().join("ledger"));
        verify_segments(database.db(), &tail, world.node(), &mut found).await.unwrap();
        assert_eq!(found.open_holds, open_holds);
        assert_eq!(found.findings.iter().map(kind).collect::<Vec<_>>(), findings);
        found.findings
    };
    check(2, &[]).await;
    drop(settled.settle(settlement(1)));
    let late = world.send(&mut call, 3, 100);
    check(2, &[]).await;
    world.ledger.checkpoint().unwrap();
    check(2, &[]).await;
    // The settlement is gone, and what came after it.
    fs::OpenOptions::new().write(true).open(&segment).unwrap().set_len(both_open).unwrap();
    let findings = check(1, &["NeverSettled"]).await;
    assert!(matches!(findings[0], Finding::NeverSettled { hold, .. } if hold == id));
    drop((open, late, call));
}

fn kind(finding: &Finding) -> &'static str {
    match finding {
        Finding::CostLines { .. } => "CostLines",
        Finding::Bound { .. } => "Bound",
        Finding::Adjustment { .. } => "Adjustment",
        Finding::Adjusted { .. } => "Adjusted",
        Finding::AdjustedTwice { .. } => "AdjustedTwice",
        Finding::Call { .. } => "Call",
        Finding::Rollup { .. } => "Rollup",
        Finding::Balance { .. } => "Balance",
        Finding::Row { .. } => "Row",
        Finding::NeverSettled { .. } => "NeverSettled",
        Finding::SettledTwice { .. } => "SettledTwice",
    }
}

const SPOIL_ROLLUPS: SharedSql = shared_sql("UPDATE usage_rollups SET cost_nanos = cost_nanos + $1");
const SPOIL_BALANCES: SharedSql = shared_sql("DELETE FROM budget_balances WHERE spent_nanos >= $1");

async fn sums_are_rebuilt_from_rows_while_calls_go_on(database: TestDatabase) {
    let world = World::new(42);
    world.busy(100);
    world.project(database.db()).await;
    let mut tx = database.db().every_organization().begin().await.unwrap();
    tx.query_shared(SPOIL_ROLLUPS).bind(5_i64).execute().await.unwrap();
    tx.query_shared(SPOIL_BALANCES).bind(0_i64).execute().await.unwrap();
    tx.commit().await.unwrap();
    assert!(!world.verify(database.db()).await.is_sound());

    let mut projector = world.projector(database.db());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    world.busy(50);
    let projection = async {
        let rebuilt = rebuild(database.db()).await.unwrap();
        assert_eq!(rebuilt.organizations, 2);
        world.busy(50);
        drop(stop);
    };
    let calls = async {
        drop(stopped.await);
        projector.catch_up().await.unwrap();
    };
    let concurrent = world.projector(database.db()).run(tokio::time::sleep(Duration::from_millis(1)));
    tokio::join!(projection, calls, concurrent);
    let verification = world.verify(database.db()).await;
    assert_eq!((verification.findings.len(), verification.calls), (0, 200), "{:?}", verification.findings);
}

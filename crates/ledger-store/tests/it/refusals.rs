//! Records that a database does not take.

use std::{fs, path::Path};

use glaux_kernel::{OrganizationId, Timestamp};
use glaux_ledger::{MAX_NANOS, MAX_QUANTITY, Settlement, record::Cost};
use glaux_ledger_store::{OrderState, list_budget_periods};
use glaux_llm::{Meter, Usage};
use glaux_store::{Db, EverySql, Kind, every_sql};
use glaux_testkit::{database::TestDatabase, on_both};

use crate::{
    adjusting::{Known, adjustable, leave_unknown, order, process, total},
    projection::REWIND,
    world::{World, organization, settlement},
};

on_both!(
    a_record_that_the_database_refuses_is_set_aside_and_all_others_arrive,
    whatever_a_provider_reports_is_carried_and_added_up,
    an_adjustment_that_is_set_aside_does_not_block_its_attempt,
);

/// Bytes of a segment's header, and of a frame before its payload: length, CRC-32 of length and payload.
const HEADER: usize = 46;
const PREFIX: usize = 8;

/// Makes the segments say `to` where they say `from`, as a program would have written it that lets it through.
fn rewrite(segments: &Path, from: &str, to: &str) -> usize {
    assert_eq!(from.len(), to.len());
    let mut rewritten = 0;
    for entry in fs::read_dir(segments).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "seg") {
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        let mut frame = HEADER;
        while let Some(length) = bytes.get(frame..frame + 4).map(|length| <[u8; 4]>::try_from(length).unwrap()) {
            let end = frame + PREFIX + u32::from_le_bytes(length) as usize;
            let payload = &mut bytes[frame + PREFIX..end];
            if let Some(at) = payload.windows(from.len()).position(|window| window == from.as_bytes()) {
                payload[at..at + to.len()].copy_from_slice(to.as_bytes());
                let mut checksum = crc32fast::Hasher::new();
                checksum.update(&length);
                checksum.update(payload);
                bytes[frame + 4..frame + PREFIX].copy_from_slice(&checksum.finalize().to_le_bytes());
                rewritten += 1;
            }
            frame = end;
        }
        fs::write(path, bytes).unwrap();
    }
    rewritten
}

const FILL: EverySql = every_sql("UPDATE budget_balances SET spent_nanos = $2 WHERE organization_id = $1");

fn serve_full(world: &World) {
    let mut call = world.call();
    call.attribution.organization = organization(9);
    world.serve(call, 1, settlement(1));
}

/// Leaves no room in the sums of an organization.
async fn fill(db: &Db, organization: OrganizationId) {
    let mut tx = db.every_organization().begin().await.unwrap();
    tx.query(FILL).bind(organization).bind(i64::MAX - 10).execute().await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_record_that_the_database_refuses_is_set_aside_and_all_others_arrive(database: TestDatabase) {
    let world = World::new(51);
    serve_full(&world);
    world.project(database.db()).await;
    fill(database.db(), organization(9)).await;
    world.busy(40);
    let mut call = world.call();
    call.attribution.user = Some("null@character".to_owned());
    world.serve(call, 1, settlement(3));
    world.busy(40);
    serve_full(&world);
    world.busy(40);
    // The hold, the attempt and the call.
    assert_eq!(rewrite(&world.home.path().join("ledger"), "null@character", "null\0character"), 3);

    let mut projector = world.projector(database.db());
    let watch = projector.watch();
    projector.catch_up().await.unwrap();
    let (attempts, calls) = world.records();
    let refused = match database.db().kind() {
        Kind::Sqlite => 1,
        Kind::Postgres => 1 + 2,
    };
    assert_eq!(watch.get().set_aside, refused);
    let found = world.verify(database.db()).await;
    assert_eq!(found.records, (attempts.len() + calls.len()) as u64, "all were carried or passed over");
    assert_eq!(found.calls + found.attempts, found.records - refused);
    let missing = found.findings.iter().filter(|finding| matches!(finding, glaux_ledger_store::Finding::Row { .. }));
    assert_eq!(missing.count() as u64, refused, "{:?}", found.findings);

    world.busy(10);
    projector.catch_up().await.unwrap();
    assert_eq!(world.verify(database.db()).await.calls, found.calls + 10);
}

async fn whatever_a_provider_reports_is_carried_and_added_up(database: TestDatabase) {
    let (world, db) = (World::new(52), database.db());
    let usage = Meter::ALL.iter().fold(Usage::default(), |usage, meter| usage.with(*meter, u64::MAX));
    for _ in 0..40 {
        let cost = Cost { nanos: i64::MAX, unpriced: None, lines: Vec::new() };
        world.serve(world.call(), 1, Settlement { usage, cost, ..settlement(1) });
    }
    let mut projector = world.projector(db);
    projector.catch_up().await.unwrap();
    assert_eq!(projector.watch().get().set_aside, 0);
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let periods = list_budget_periods(&mut tx, Timestamp::default(), None).await.unwrap();
    assert_eq!(periods.iter().map(|period| period.spent.spent_nanos).collect::<Vec<_>>(), [40 * MAX_NANOS; 2]);
    let totals = total(db).await;
    assert_eq!(totals.cost_nanos, 40 * MAX_NANOS);
    let tokens = [Meter::OutputTokens, Meter::WebSearches].map(|meter| totals.usage.get(meter));
    assert_eq!(tokens, [40 * MAX_QUANTITY; 2]);
    let charge = world.records().0[0].charges[0];
    assert_eq!(world.ledger.balance(charge).spent_nanos, 40 * MAX_NANOS);
}

async fn an_adjustment_that_is_set_aside_does_not_block_its_attempt(database: TestDatabase) {
    let (world, db) = (World::new(53), database.db());
    leave_unknown(&world);
    let (mut projector, mut adjuster) = process(&world, db);
    projector.catch_up().await.unwrap();
    fill(db, organization(1)).await;
    order(&world, db, Known::Bill(5000)).await;
    assert_eq!(adjuster.append().await.unwrap(), 1);
    projector.catch_up().await.unwrap();
    assert_eq!(projector.watch().get().set_aside, 1);

    let next = world.killed(54);
    let (mut projector, mut adjuster) = process(&next, db);
    projector.catch_up().await.unwrap();
    assert_eq!(adjuster.append().await.unwrap(), 0, "it is in a segment");
    let attempt = adjustable(db).await.remove(0).attempt;
    assert!(attempt.pending().is_none() && attempt.last().is_none(), "it is not on its way and does not count");
    assert_eq!(attempt.adjustments[0].state, OrderState::Refused);

    assert_eq!(order(&next, db, Known::Bill(3000)).await, 1);
    assert_eq!(adjuster.append().await.unwrap(), 1);
    projector.catch_up().await.unwrap();
    let mut tx = db.every_organization().begin().await.unwrap();
    tx.query_shared(REWIND).bind(0_i64).execute().await.unwrap();
    tx.commit().await.unwrap();
    next.project(db).await;
    let attempt = adjustable(db).await.remove(0).attempt;
    assert_eq!((attempt.figure().cost.nanos, attempt.adjustments.len()), (3000, 2), "what is known stays as it is");
}

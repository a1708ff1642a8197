//! Records that a database does not take.

use std::{fs, path::Path};

use glaux_ledger::record::Cost;
use glaux_store::Kind;
use glaux_testkit::{database::TestDatabase, on_both};

use crate::world::{World, organization, settlement};

on_both!(a_record_that_the_database_refuses_is_set_aside_and_all_others_arrive);

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

/// A call of an organization whose sums have room for one such call and not for two.
fn serve_dear(world: &World) {
    let mut call = world.call();
    call.attribution.organization = organization(9);
    let cost = Cost { nanos: i64::MAX / 2 + 1, unpriced: None, lines: Vec::new() };
    world.serve(call, 1, glaux_ledger::Settlement { cost, ..settlement(1) });
}

async fn a_record_that_the_database_refuses_is_set_aside_and_all_others_arrive(database: TestDatabase) {
    let world = World::new(51);
    serve_dear(&world);
    world.project(database.db()).await;
    world.busy(40);
    let mut call = world.call();
    call.attribution.user = Some("null@character".to_owned());
    world.serve(call, 1, settlement(3));
    world.busy(40);
    serve_dear(&world);
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

use std::time::Duration;

use glaux_kernel::{PageRequest, Timestamp};
use glaux_ledger_store::{
    AnalyticsFilter, AnalyticsQuery, UsageFilter, delete_old_rows, list_usage, rebuild, sum_usage,
};
use glaux_testkit::{database::TestDatabase, on_both};
use jiff::tz::TimeZone;

use crate::world::{START, World, moment, organization, settlement};

on_both!(old_rows_and_segments_go_and_sums_stay);

const DAY: Duration = Duration::from_secs(86_400);

async fn old_rows_and_segments_go_and_sums_stay(database: TestDatabase) {
    let db = database.db();
    let world = World::new(31);
    for _ in 0..10 {
        for _ in 0..50 {
            world.serve(world.call(), 1, settlement(10));
        }
        world.clock.advance(DAY);
    }
    let mut projector = world.projector(db);
    projector.catch_up().await.unwrap();
    world.ledger.checkpoint().unwrap();
    let projected = projector.watch().get().position;
    let now = moment(START).plus(DAY * 10);
    assert_eq!(delete_old_rows(db, now.minus(DAY * 4)).await.unwrap(), 300);
    assert_eq!(delete_old_rows(db, now.minus(DAY * 4)).await.unwrap(), 0);
    assert!(world.ledger.drop_segments(projected, now.minus(DAY * 2)).unwrap() > 3);

    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let filter = UsageFilter {
        from: Timestamp::default(),
        to: now,
        feature: None,
        key: None,
        model: None,
        provider: None,
        user: None,
        status: None,
    };
    let rows = list_usage(&mut tx, &filter, &PageRequest { limit: 200, cursor: None }).await.unwrap();
    assert_eq!(rows.items.len(), 200);
    assert!(rows.next_cursor.is_none());
    drop(tx);
    assert_eq!(total_calls(&database).await, 500);
    assert_eq!(world.verify(db).await.findings, []);
    rebuild(db).await.unwrap();
    assert_eq!(total_calls(&database).await, 500, "sums older than the rows stay");
    assert_eq!(world.verify(db).await.findings, []);
}

async fn total_calls(database: &TestDatabase) -> u64 {
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let query = AnalyticsQuery {
        from: moment(START),
        to: moment(START).plus(DAY * 11),
        group_by: Vec::new(),
        bucket: None,
        zone: TimeZone::UTC,
        filter: AnalyticsFilter::default(),
    };
    sum_usage(&mut tx, &query).await.unwrap()[0].value.calls.total()
}

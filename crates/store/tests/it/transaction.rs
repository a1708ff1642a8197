use glaux_store::{Db, Error, Kind, Options};
use glaux_testkit::{database::TestDatabase, on_both};

use crate::store::{self, organization, thing};

on_both!(
    dropped_or_rolled_back_nothing_happened,
    a_read_sees_one_snapshot_and_writes_nothing,
    writers_take_turns,
    statements_are_prepared_without_running,
    a_database_that_is_away_says_so,
);

async fn dropped_or_rolled_back_nothing_happened(database: TestDatabase) {
    store::prepare(&database).await;
    let one = database.db().organization(organization(1));
    let mut tx = one.begin().await.unwrap();
    store::insert(&mut tx, &thing(0)).await.unwrap();
    drop(tx);
    let mut tx = one.begin().await.unwrap();
    store::insert(&mut tx, &thing(0)).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(store::sum(&mut one.read().await.unwrap()).await.unwrap(), (0, 0));
}

async fn a_read_sees_one_snapshot_and_writes_nothing(database: TestDatabase) {
    store::prepare(&database).await;
    let one = database.db().organization(organization(1));
    let mut read = one.read().await.unwrap();
    assert_eq!(store::sum(&mut read).await.unwrap().1, 0);
    let mut tx = one.begin().await.unwrap();
    store::insert(&mut tx, &thing(0)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store::sum(&mut read).await.unwrap().1, 0);
    assert_eq!(store::sum(&mut one.read().await.unwrap()).await.unwrap().1, 1);
    assert!(read.query(store::DELETE).bind("thing-0").execute().await.is_err());
}

async fn writers_take_turns(database: TestDatabase) {
    store::prepare(&database).await;
    let one = database.db().organization(organization(1));
    let mut tx = one.begin().await.unwrap();
    store::insert(&mut tx, &store::Thing { nanos: 0, ..thing(0) }).await.unwrap();
    tx.commit().await.unwrap();

    let writers = (0..16).map(|_| {
        let db = database.db().clone();
        tokio::spawn(async move {
            let mut tx = db.organization(organization(1)).begin().await.unwrap();
            // The update locks the row, so that the sum read after it is the last writer's.
            store::update(&mut tx, "thing-0", 0).await.unwrap();
            store::insert(&mut tx, &store::Thing { nanos: 1, ..thing(1 + next()) }).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(store::sum(&mut one.read().await.unwrap()).await.unwrap(), (16, 17));
}

/// A number that is given once.
fn next() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

async fn statements_are_prepared_without_running(database: TestDatabase) {
    store::prepare(&database).await;
    let db = database.db();
    db.prepare("DELETE FROM things WHERE organization_id = $1").await.unwrap();
    db.prepare("SELECT id FROM things WHERE organization_id = $1 AND ($2 IS NULL OR name = $2)").await.unwrap();
    db.prepare("SELECT id FROM things WHERE organization_id = $1 LIMIT 1 /*+ FOR UPDATE SKIP LOCKED */").await.unwrap();
    for wrong in ["SELECT absent FROM things", "SELECT id FROM absent", "SELEC 1"] {
        assert!(db.prepare(wrong).await.is_err(), "{wrong}");
    }
    db.ping().await.unwrap();
}

async fn a_database_that_is_away_says_so(database: TestDatabase) {
    let address = match database.db().kind() {
        Kind::Sqlite => format!("{}-absent", database.address()),
        Kind::Postgres => "postgres://nobody@%2Fnonexistent/absent".to_owned(),
    };
    assert!(matches!(Db::open(&address, &Options::default()).await, Err(Error::Unavailable(_))));
    assert!(matches!(Db::open("mysql://root:secret@host/db", &Options::default()).await,
        Err(Error::Address(shown)) if shown == "mysql://…@host/db"));
    database.db().close().await;
    assert!(matches!(database.db().ping().await, Err(Error::Unavailable(_))));
}

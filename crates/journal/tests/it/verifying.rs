use glaux_journal::{Broken, Fault, Hash, verify, verify_all};
use glaux_testkit::{database::TestDatabase, on_both};
use uuid::Uuid;

use crate::store::{self, at, change, commit, insert_organization, organization, prepare, tamper};

on_both!(
    a_whole_journal_verifies,
    a_change_of_any_column_is_found,
    what_is_deleted_is_missed,
    numbers_that_no_entry_has_are_missed,
);

async fn a_whole_journal_verifies(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    let last = commit(db, 1, change("feat_a"), at(20)).await;
    let verification = verify(db, organization(1)).await.unwrap();
    assert_eq!((verification.entries, verification.head, verification.broken), (4, last.hash, None));

    insert_organization(db, 3).await;
    let empty = verify(db, organization(3)).await.unwrap();
    assert_eq!((empty.entries, empty.head, empty.broken), (0, Hash::ZERO, None));

    let verified = verify_all(db).await.unwrap();
    assert!(verified.is_whole(), "{verified:?}");
    // The platform is an organization too.
    assert_eq!((verified.organizations.len(), verified.positions.position), (4, 5));
}

async fn broken(database: &TestDatabase) -> Broken {
    verify(database.db(), organization(1)).await.unwrap().broken.unwrap()
}

async fn a_change_of_any_column_is_found(database: TestDatabase) {
    let kind = database.db().kind();
    for (column, statement) in store::COLUMNS {
        let database = TestDatabase::of(kind).await;
        prepare(database.db()).await;
        insert_organization(database.db(), 8).await;
        // An entry can be moved to another organization only by who may write both.
        let mut tx = database.db().every_organization().begin().await.unwrap();
        let written = tx.of(organization(1)).query(statement).bind(Uuid::from_u128(8)).execute().await.unwrap();
        assert_eq!(written, 1, "{column}");
        tx.commit().await.unwrap();

        let found = broken(&database).await;
        assert_eq!(found.number, 2, "{column}: {found:?}");
        let expected = match column {
            "organization_id" | "number" => Fault::Missing,
            "previous" => Fault::Detached,
            "payload" | "salt" => Fault::Payload,
            _ => Fault::Header,
        };
        assert_eq!(found.fault, expected, "{column}");
        assert!(!verify_all(database.db()).await.unwrap().is_whole(), "{column}");
    }
    for (statement, fault) in [(store::CHANGE_HASH, Fault::Header), (store::CHANGE_ACTOR, Fault::Unreadable)] {
        let database = TestDatabase::of(kind).await;
        prepare(database.db()).await;
        tamper(database.db(), statement).await;
        assert_eq!(broken(&database).await, Broken { number: 2, seq: Some(2), fault });
    }
}

async fn what_is_deleted_is_missed(database: TestDatabase) {
    let kind = database.db().kind();
    for (statement, expected) in [
        (store::DELETE_SECOND, Broken { number: 2, seq: None, fault: Fault::Missing }),
        (store::DELETE_LAST, Broken { number: 3, seq: None, fault: Fault::Head }),
        (store::DELETE_ALL, Broken { number: 1, seq: None, fault: Fault::Head }),
        (store::DELETE_HEAD, Broken { number: 4, seq: None, fault: Fault::Head }),
        (store::CHANGE_HEAD, Broken { number: 4, seq: None, fault: Fault::Head }),
    ] {
        let database = TestDatabase::of(kind).await;
        prepare(database.db()).await;
        tamper(database.db(), statement).await;
        assert_eq!(broken(&database).await, expected);
        let other = verify(database.db(), organization(2)).await.unwrap();
        assert_eq!((other.entries, other.broken), (1, None), "the other organization's journal verifies alone");
    }
}

async fn numbers_that_no_entry_has_are_missed(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    // A whole journal that is gone with its head breaks no chain, but leaves its numbers.
    tamper(db, store::DELETE_ALL).await;
    tamper(db, store::DELETE_HEAD).await;
    assert_eq!(verify(db, organization(1)).await.unwrap().broken, None);
    let verified = verify_all(db).await.unwrap();
    assert!(!verified.is_whole());
    assert_eq!(verified.positions.missing, Some(1));

    let database = TestDatabase::of(db.kind()).await;
    prepare(database.db()).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    tx.query_shared(store::SKIP_A_NUMBER).execute().await.unwrap();
    tx.commit().await.unwrap();
    let verified = verify_all(database.db()).await.unwrap();
    assert_eq!((verified.is_whole(), verified.positions.missing), (false, Some(5)));
}

use glaux_journal::{Change, Error, Hash, Payload, erase, get, position, record, since, verify_all};
use glaux_kernel::{ChangeSetId, Secret};
use glaux_testkit::{database::TestDatabase, on_both, rng::SeededRng};
use serde_json::json;
use uuid::Uuid;

use crate::store::{at, change, commit, insert_organization, organization, prepare, user};

on_both!(
    an_entry_comes_back_as_it_was_recorded,
    numbers_have_no_gap_under_concurrent_writers,
    what_is_rolled_back_leaves_no_number,
    an_erased_entry_keeps_its_place_and_its_hash,
    an_organization_can_t_record_for_another,
);

async fn an_entry_comes_back_as_it_was_recorded(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    let change_set = Some(ChangeSetId::from_uuid(Uuid::from_u128(9)));
    let after = json!({"limits": [1, 2.5], "text": "\u{0} é 😀", "none": null});
    let recorded =
        commit(db, 1, Change { before: None, after: Some(after.clone()), change_set, ..change("feat_c") }, at(20))
            .await;

    let entry = get(&mut db.organization(organization(1)).read().await.unwrap(), recorded.seq).await.unwrap();
    assert_eq!((entry.seq, entry.number, entry.id, entry.hash), (5, 4, recorded.id, recorded.hash));
    assert_eq!((entry.organization, entry.at, entry.actor), (organization(1), at(20), user(7)));
    assert_eq!((entry.kind.as_str(), entry.object.as_str(), entry.action.as_str()), ("feature", "feat_c", "update"));
    assert_eq!((entry.schema_version, entry.change_set), (1, change_set));
    let payload = Payload {
        actor: "Ada".into(),
        name: "name of feat_c".into(),
        reason: Some("because".into()),
        before: None,
        after: Some(after),
    };
    assert_eq!(entry.payload, Some(payload));

    let earlier = get(&mut db.organization(organization(1)).read().await.unwrap(), 4).await.unwrap();
    assert_eq!(entry.previous, earlier.hash);
    let first = get(&mut db.organization(organization(2)).read().await.unwrap(), 3).await.unwrap();
    assert_eq!((first.number, first.previous), (1, Hash::ZERO));
}

async fn numbers_have_no_gap_under_concurrent_writers(database: TestDatabase) {
    const WRITERS: u32 = 16;
    const CHANGES: u32 = 6;
    for number in [1, 2, 3] {
        insert_organization(database.db(), number).await;
    }
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let db = database.db().clone();
            tokio::spawn(async move {
                let rng = SeededRng::new(u64::from(writer));
                for round in 0..CHANGES {
                    let mut tx = db.organization(organization(u128::from(writer % 3 + 1))).begin().await.unwrap();
                    record(&mut tx, change("feat_a"), at(10), &rng).await.unwrap();
                    if (writer + round) % 4 == 0 {
                        tx.rollback().await.unwrap();
                    } else {
                        tx.commit().await.unwrap();
                    }
                }
            })
        })
        .collect();

    // A subscriber that reads while they write never has to look back.
    let mut seen = Vec::new();
    while writers.iter().any(|writer| !writer.is_finished()) {
        let mut tx = database.db().every_organization().read().await.unwrap();
        let last = i64::try_from(seen.len()).unwrap();
        seen.extend(since(&mut tx, last, 1000).await.unwrap().into_iter().map(|entry| entry.seq));
        assert_eq!(position(&mut tx).await.unwrap(), i64::try_from(seen.len()).unwrap());
        drop(tx);
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(seen, (1..=i64::try_from(seen.len()).unwrap()).collect::<Vec<_>>());

    let verified = verify_all(database.db()).await.unwrap();
    assert!(verified.is_whole(), "{verified:?}");
    assert_eq!(verified.positions.entries, i64::from(WRITERS * CHANGES * 3 / 4));
}

async fn what_is_rolled_back_leaves_no_number(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    let mut tx = db.organization(organization(1)).begin().await.unwrap();
    let recorded = record(&mut tx, change("feat_a"), at(20), &SeededRng::new(1)).await.unwrap();
    assert_eq!((recorded.seq, recorded.number), (5, 4));
    drop(tx);
    let recorded = commit(db, 2, change("feat_a"), at(20)).await;
    assert_eq!((recorded.seq, recorded.number), (5, 2));

    let mut tx = db.organization(organization(1)).begin().await.unwrap();
    let inexact = Change { after: Some(json!({"nanos": i64::MAX})), ..change("feat_a") };
    let refused = record(&mut tx, inexact, at(20), &SeededRng::new(1)).await;
    assert!(matches!(refused, Err(Error::Inexact { pointer, .. }) if pointer == "/after/nanos"));
}

async fn an_erased_entry_keeps_its_place_and_its_hash(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    let mut tx = db.organization(organization(1)).begin().await.unwrap();
    let before = get(&mut tx, 2).await.unwrap();
    erase(&mut tx, 2).await.unwrap();
    let after = get(&mut tx, 2).await.unwrap();
    assert!(matches!(erase(&mut tx, 3).await, Err(Error::NotFound(3))), "it belongs to the other organization");
    tx.commit().await.unwrap();

    assert_eq!(after.payload, None);
    assert_eq!(after.hash, before.hash);
    let verification = glaux_journal::verify(db, organization(1)).await.unwrap();
    assert_eq!((verification.entries, verification.erased, verification.broken), (3, 1, None));
}

async fn an_organization_can_t_record_for_another(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    let mut read = db.organization(organization(2)).read().await.unwrap();
    assert!(matches!(get(&mut read, 1).await, Err(Error::NotFound(1))));
    let mut tx = db.organization(organization(404)).begin().await.unwrap();
    let refused = record(&mut tx, change("feat_a"), at(10), &SeededRng::new(1)).await;
    assert!(matches!(refused, Err(Error::Store(glaux_store::Error::ForeignKey))), "{refused:?}");
}

#[test]
fn a_fingerprint_tells_secrets_apart_and_shows_none() {
    // First 16 digits of `printf abc | sha256sum`.
    assert_eq!(glaux_journal::fingerprint(&Secret::new("abc".into())), "sha256:ba7816bf8f01cfea");
}

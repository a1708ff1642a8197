use glaux_journal::{ActorId, Change, Error, Filter, list, since};
use glaux_kernel::{Cursor, PageRequest};
use glaux_testkit::{database::TestDatabase, on_both};

use crate::store::{at, change, commit, insert_organization, organization, prepare, user};

on_both!(
    lists_narrow_by_object_actor_and_time,
    lists_page_from_the_latest,
    subscribers_read_all_organizations_in_order
);

fn page(limit: u32, cursor: Option<&str>) -> PageRequest {
    PageRequest { limit, cursor: cursor.map(|text| Cursor(text.to_owned())) }
}

async fn lists_narrow_by_object_actor_and_time(database: TestDatabase) {
    let db = database.db();
    insert_organization(db, 1).await;
    let system = |mut change: Change| {
        change.actor.id = ActorId::System;
        change
    };
    for (seconds, change) in [
        (10, change("feat_a")),
        (20, change("feat_b")),
        (30, Change { kind: "budget", ..change("bud_a") }),
        (40, system(change("feat_a"))),
    ] {
        commit(db, 1, change, at(seconds)).await;
    }
    let check = async |filter: Filter, expected: &[i64]| {
        let mut tx = db.organization(organization(1)).read().await.unwrap();
        let found = list(&mut tx, &filter, &page(50, None)).await.unwrap();
        let found: Vec<i64> = found.items.iter().map(|entry| entry.seq).collect();
        assert_eq!(found, expected, "{filter:?}");
    };
    check(Filter::default(), &[4, 3, 2, 1]).await;
    check(Filter { kind: Some("budget".into()), ..Filter::default() }, &[3]).await;
    check(Filter { object: Some("feat_a".into()), ..Filter::default() }, &[4, 1]).await;
    check(Filter { actor: Some(ActorId::System), ..Filter::default() }, &[4]).await;
    check(Filter { actor: Some(user(7)), ..Filter::default() }, &[3, 2, 1]).await;
    check(Filter { actor: Some(user(8)), ..Filter::default() }, &[]).await;
    check(Filter { from: Some(at(20)), to: Some(at(40)), ..Filter::default() }, &[3, 2]).await;
    check(Filter { object: Some("feat_a".into()), to: Some(at(40)), ..Filter::default() }, &[1]).await;
}

async fn lists_page_from_the_latest(database: TestDatabase) {
    let db = database.db();
    prepare(db).await;
    let mut tx = db.organization(organization(1)).read().await.unwrap();
    let first = list(&mut tx, &Filter::default(), &page(2, None)).await.unwrap();
    assert_eq!(first.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [4, 2]);
    let cursor = first.next_cursor.unwrap().0;
    let second = list(&mut tx, &Filter::default(), &page(2, Some(&cursor))).await.unwrap();
    assert_eq!(second.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1]);
    assert_eq!(second.next_cursor, None);
    assert!(matches!(list(&mut tx, &Filter::default(), &page(2, Some("x"))).await, Err(Error::Cursor(_))));
}

async fn subscribers_read_all_organizations_in_order(database: TestDatabase) {
    prepare(database.db()).await;
    let mut tx = database.db().every_organization().read().await.unwrap();
    let read = since(&mut tx, 1, 2).await.unwrap();
    let read: Vec<_> = read.iter().map(|entry| (entry.seq, entry.organization)).collect();
    assert_eq!(read, [(2, organization(1)), (3, organization(2))]);
}

use glaux_kernel::Environment;
use glaux_store::Error;
use glaux_testkit::{database::TestDatabase, on_both};

use crate::store::{self, Thing, organization, thing};

on_both!(
    values_come_back_as_they_went_in,
    rows_are_updated_and_deleted,
    refusals_can_be_told_apart,
    lists_filter_and_page_without_gap_or_repeat,
    many_rows_are_written_at_once,
    a_conflict_adds_up,
    texts_sort_by_code_point,
    a_missing_parameter_is_an_error,
);

async fn values_come_back_as_they_went_in(database: TestDatabase) {
    store::prepare(&database).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    for number in 0..4 {
        store::insert(&mut tx, &thing(number)).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut read = database.db().organization(organization(1)).read().await.unwrap();
    for number in 0..4 {
        assert_eq!(store::get(&mut read, &format!("thing-{number}")).await.unwrap(), thing(number));
    }
    assert_eq!(store::find(&mut read, "absent").await.unwrap(), None);
    assert!(matches!(store::get(&mut read, "absent").await, Err(Error::NotFound)));
}

async fn rows_are_updated_and_deleted(database: TestDatabase) {
    store::prepare(&database).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    store::insert(&mut tx, &thing(0)).await.unwrap();
    assert_eq!(store::update(&mut tx, "thing-0", 7).await.unwrap(), thing(0).id);
    assert_eq!(store::sum(&mut tx).await.unwrap(), (7, 1));
    assert!(matches!(store::update(&mut tx, "absent", 7).await, Err(Error::NotFound)));
    assert_eq!(store::delete(&mut tx, "thing-0").await.unwrap(), 1);
    assert_eq!(store::delete(&mut tx, "thing-0").await.unwrap(), 0);
    assert_eq!(store::sum(&mut tx).await.unwrap(), (0, 0));
}

async fn refusals_can_be_told_apart(database: TestDatabase) {
    store::prepare(&database).await;
    let db = database.db();
    let mut tx = db.organization(organization(1)).begin().await.unwrap();
    store::insert(&mut tx, &thing(0)).await.unwrap();
    tx.commit().await.unwrap();

    let check = async |other: Thing, expected: &str| {
        let mut tx = db.organization(organization(1)).begin().await.unwrap();
        match store::insert(&mut tx, &other).await {
            Err(Error::UniqueViolation { constraint }) => assert_eq!(constraint, expected),
            other => panic!("{expected}: {other:?}"),
        }
    };
    check(Thing { name: "other".into(), ..thing(0) }, "things_pkey").await;
    check(Thing { id: thing(1).id, ..thing(0) }, "things_organization_id_name_key").await;

    let mut tx = db.organization(organization(404)).begin().await.unwrap();
    assert!(matches!(store::insert(&mut tx, &thing(5)).await, Err(Error::ForeignKey)));
}

async fn lists_filter_and_page_without_gap_or_repeat(database: TestDatabase) {
    store::prepare(&database).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    let mut expected = Vec::new();
    for number in 0..25 {
        // Pairs share a moment, so that the id decides.
        let row = Thing { at: thing(number / 2).at, ..thing(number) };
        store::insert(&mut tx, &row).await.unwrap();
        expected.insert(0, row.name);
    }
    for filter in [None, Some(Environment::Staging)] {
        let mut seen = Vec::new();
        loop {
            let page = store::list(&mut tx, filter, seen.last(), 4).await.unwrap();
            let done = page.len() < 4;
            seen.extend(page);
            if done {
                break;
            }
        }
        let names: Vec<String> = seen.into_iter().map(|row| row.name).collect();
        let wanted = expected.iter().enumerate().filter(|(at, _)| filter.is_none() || at % 2 == 1);
        assert_eq!(names, wanted.map(|(_, name)| name.clone()).collect::<Vec<_>>());
    }
}

async fn many_rows_are_written_at_once(database: TestDatabase) {
    store::prepare(&database).await;
    let rows: Vec<Thing> = (0..1203).map(|number| Thing { nanos: 2, ..thing(number) }).collect();
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    let written = tx
        .insert_rows(store::INSERT, &rows, |row, values| {
            values.push(row.id).push(&row.name).push(row.environment).push(row.active).push(row.nanos);
            values.push(row.currency).push(row.weight).push(row.body.clone()).push(row.digest.as_deref()).push(row.at);
        })
        .await
        .unwrap();
    assert_eq!(written, 1203);
    assert_eq!(store::sum(&mut tx).await.unwrap(), (2406, 1203));
    assert_eq!(store::get(&mut tx, "thing-1202").await.unwrap(), rows[1202]);
}

async fn a_conflict_adds_up(database: TestDatabase) {
    store::prepare(&database).await;
    let mut tx = database.db().every_organization().begin().await.unwrap();
    for round in 0..3 {
        let rows: Vec<_> = [1, 2].into_iter().flat_map(|number| [(number, thing(round)), (number, thing(9))]).collect();
        tx.insert_rows(store::ADD, &rows, |(number, row), values| {
            values.push(organization(*number)).push(row.id).push(&row.name).push(row.environment).push(row.active);
            values.push(5_i64).push(row.currency).push(row.weight).push(row.body.clone()).push(row.digest.as_deref());
            values.push(row.at);
        })
        .await
        .unwrap();
    }
    for number in [1, 2] {
        let tx = tx.of(organization(number));
        assert_eq!(store::get(tx, "thing-9").await.unwrap().nanos, 15);
        assert_eq!(store::sum(tx).await.unwrap(), (30, 4));
    }
}

async fn texts_sort_by_code_point(database: TestDatabase) {
    use glaux_store::{SharedSql, shared_sql};
    const SORTED: SharedSql = shared_sql("SELECT name FROM things ORDER BY name");
    store::prepare(&database).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    let mut names = ["b", "B", "a-b", "ab", "é", "z", "_", "1", "aé", "😀", "\u{ffff}"];
    for (number, name) in (0..).zip(names) {
        store::insert(&mut tx, &Thing { name: name.into(), ..thing(number) }).await.unwrap();
    }
    let sorted: Vec<(String,)> = tx.query_shared(SORTED).fetch_all().await.unwrap();
    names.sort();
    assert_eq!(sorted.into_iter().map(|(name,)| name).collect::<Vec<_>>(), names);
}

async fn a_missing_parameter_is_an_error(database: TestDatabase) {
    store::prepare(&database).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    assert!(matches!(tx.query(store::INSERT).bind(thing(0).id).execute().await, Err(Error::Statement(_))));
    let too_many = tx.query(store::DELETE).bind("a").bind("b").execute().await;
    assert!(matches!(too_many, Err(Error::Statement(_))));
}

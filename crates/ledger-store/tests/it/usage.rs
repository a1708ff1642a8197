use glaux_kernel::{PageRequest, Timestamp};
use glaux_ledger::record::Status;
use glaux_ledger_store::{UsageEntry, UsageFilter, explain_attempt, list_usage};
use glaux_store::OrgRead;
use glaux_testkit::{database::TestDatabase, on_both};

use crate::world::{World, feature, key, model, moment, organization};

on_both!(pages_hold_every_entry_once_the_youngest_first, filters_narrow, an_attempt_leads_to_its_call);

fn everything() -> UsageFilter {
    UsageFilter {
        from: Timestamp::default(),
        to: moment("2030-01-01T00:00:00Z"),
        feature: None,
        key: None,
        model: None,
        provider: None,
        user: None,
        status: None,
    }
}

async fn all(tx: &mut OrgRead, filter: &UsageFilter, limit: u32) -> Vec<UsageEntry> {
    let mut entries = Vec::new();
    let mut page = PageRequest { limit, cursor: None };
    loop {
        let found = list_usage(tx, filter, &page).await.unwrap();
        assert!(found.items.len() <= limit as usize);
        entries.extend(found.items);
        match found.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return entries,
        }
    }
}

fn at(entry: &UsageEntry) -> Timestamp {
    match entry {
        UsageEntry::Attempt(adjusted) => adjusted.attempt.opened_at,
        UsageEntry::Call(served) => served.call.at,
    }
}

async fn pages_hold_every_entry_once_the_youngest_first(database: TestDatabase) {
    let world = World::new(11);
    world.busy(100);
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let entries = all(&mut tx, &everything(), 7).await;
    assert!(entries.windows(2).all(|pair| at(&pair[0]) >= at(&pair[1])));
    let (attempts, calls) = world.records();
    let attempts = attempts.iter().filter(|attempt| attempt.attribution.organization == organization(1)).count();
    let calls =
        calls.iter().filter(|call| call.attribution.organization == organization(1) && call.attempts == 0).count();
    assert!(calls > 0);
    assert_eq!(entries.len(), attempts + calls);
    assert_eq!(all(&mut tx, &everything(), 200).await, entries);
}

async fn filters_narrow(database: TestDatabase) {
    let world = World::new(12);
    world.busy(200);
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(2)).read().await.unwrap();
    let entries = all(&mut tx, &everything(), 200).await;
    let mut check = async |filter: UsageFilter, holds: &dyn Fn(&UsageEntry) -> bool| {
        let expected: Vec<_> = entries.iter().filter(|entry| holds(entry)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < entries.len(), "{filter:?}");
        assert_eq!(all(&mut tx, &filter, 50).await, expected, "{filter:?}");
    };
    let attribution = |entry: &UsageEntry| match entry {
        UsageEntry::Attempt(adjusted) => adjusted.attempt.attribution.clone(),
        UsageEntry::Call(served) => served.call.attribution.clone(),
    };
    let attempt = |entry: &UsageEntry, holds: &dyn Fn(&glaux_ledger::record::Attempt) -> bool| match entry {
        UsageEntry::Attempt(adjusted) => holds(&adjusted.attempt),
        UsageEntry::Call(_) => false,
    };
    let status = |entry: &UsageEntry| match entry {
        UsageEntry::Attempt(adjusted) => adjusted.attempt.status,
        UsageEntry::Call(served) => served.call.status,
    };
    check(UsageFilter { feature: Some(feature(1)), ..everything() }, &|entry| {
        attribution(entry).feature == Some(feature(1))
    })
    .await;
    check(UsageFilter { key: Some(key(2)), ..everything() }, &|entry| attribution(entry).key == key(2)).await;
    check(UsageFilter { user: Some("user-3".to_owned()), ..everything() }, &|entry| {
        attribution(entry).user.as_deref() == Some("user-3")
    })
    .await;
    check(UsageFilter { model: Some(model(2)), ..everything() }, &|entry| {
        attempt(entry, &|attempt| attempt.target.model == model(2))
    })
    .await;
    for wanted in [Status::Blocked, Status::Success, Status::Timeout] {
        check(UsageFilter { status: Some(wanted), ..everything() }, &|entry| status(entry) == wanted).await;
    }
    let (from, to) = (moment("2026-11-21T00:30:00Z"), moment("2026-11-21T01:00:00Z"));
    check(UsageFilter { from, to, ..everything() }, &|entry| at(entry) >= from && at(entry) < to).await;
}

async fn an_attempt_leads_to_its_call(database: TestDatabase) {
    let world = World::new(13);
    world.busy(30);
    world.project(database.db()).await;
    let (attempts, _) = world.records();
    let retried = attempts.iter().find(|attempt| attempt.number == 2).unwrap();
    let mut tx = database.db().organization(retried.attribution.organization).read().await.unwrap();
    let explained = explain_attempt(&mut tx, retried.attempt).await.unwrap().unwrap();
    assert_eq!(explained.attempts.len(), 2);
    assert_eq!(explained.call.unwrap().call.call, retried.call);
    let unknown = glaux_kernel::AttemptId::from_uuid(uuid::Uuid::max());
    assert!(explain_attempt(&mut tx, unknown).await.unwrap().is_none());
}

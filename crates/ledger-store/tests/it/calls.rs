use std::time::Duration;

use glaux_kernel::{Clock as _, Environment, PageRequest, ProviderId, Timestamp};
use glaux_ledger::record::Status;
use glaux_ledger_store::{
    CallFilter, Error, ListedCall, PAGE_EFFORT, TextSearch, VolumeQuery, count_calls, find_calls, find_last_calls,
    list_calls,
};
use glaux_llm::{Meter, Usage};
use glaux_store::OrgRead;
use glaux_testkit::{database::TestDatabase, on_both};
use uuid::Uuid;

use crate::world::{START, World, feature, key, model, moment, organization, settlement};

on_both!(
    filters_find_what_is_among_all_calls,
    few_calls_are_found_among_many,
    calls_of_many_kinds_in_one_slot_are_found,
    a_text_is_found_as_it_was_written,
    a_status_that_is_named_again_hides_no_other,
    a_search_goes_on_where_it_stopped,
    a_call_comes_with_its_attempts,
    bars_count_what_the_list_holds,
    too_long_a_span_is_cut_or_refused,
    the_last_call_of_a_key_is_found
);

fn everything() -> CallFilter {
    CallFilter { from: moment(START), to: moment("2027-11-21T00:00:00Z"), ..CallFilter::default() }
}

async fn all(tx: &mut OrgRead, filter: &CallFilter, limit: u32, effort: i64) -> Vec<ListedCall> {
    let mut calls: Vec<ListedCall> = Vec::new();
    let mut page = PageRequest { limit, cursor: None };
    loop {
        let found = list_calls(tx, filter, &page, effort).await.unwrap();
        assert!(found.items.len() <= limit as usize);
        calls.extend(found.items);
        match found.next_cursor {
            Some(cursor) => {
                assert_ne!(page.cursor.replace(cursor.clone()), Some(cursor), "{filter:?}");
            }
            None => return calls,
        }
    }
}

/// Calls of every kind, of which some have a session, an error code, or another environment.
fn mixed(world: &World, calls: u64) {
    world.busy(calls);
    for number in 0..calls / 10 {
        world.clock.advance(Duration::from_secs(40));
        let mut call = world.call();
        call.attribution.environment = Environment::Staging;
        call.attribution.session = Some(format!("Session_{number}"));
        call.error_code = Some("upstream_failed".to_owned());
        call.attribution.feature = None;
        let status = if number % 3 == 0 { Status::Error } else { Status::Success };
        world.serve(call, 2, glaux_ledger::Settlement { status, ..settlement(40_000) });
    }
}

type Meaning = fn(&ListedCall) -> bool;

/// The filters, and what each of them means.
fn filters() -> Vec<(CallFilter, Meaning)> {
    let text = |text: &str| Some(TextSearch { text: text.to_owned(), features: Vec::new() });
    let named = TextSearch { text: "nothing has this".to_owned(), features: vec![feature(1), feature(2)] };
    let (from, to) = (moment("2026-11-21T00:30:00.5Z"), moment("2026-11-21T01:10:00Z"));
    let provider = ProviderId::from_uuid(Uuid::from_u128(1));
    vec![
        (CallFilter { feature: Some(feature(1)), ..everything() }, |listed| {
            listed.served.call.attribution.feature == Some(feature(1))
        }),
        (CallFilter { key: Some(key(2)), ..everything() }, |listed| listed.served.call.attribution.key == key(2)),
        (CallFilter { model: Some(model(2)), ..everything() }, |listed| is_at_model_2(listed)),
        (CallFilter { provider: Some(provider), ..everything() }, |listed| {
            listed.served.target.as_ref().is_some_and(|target| target.provider.uuid() == Uuid::from_u128(1))
        }),
        (CallFilter { environment: Some(Environment::Staging), ..everything() }, |listed| is_staging(listed)),
        (CallFilter { statuses: vec![Status::Blocked], ..everything() }, |listed| has(listed, &[Status::Blocked])),
        (CallFilter { statuses: vec![Status::Error, Status::Success], ..everything() }, |listed| {
            has(listed, &[Status::Error, Status::Success])
        }),
        (CallFilter { cached: Some(true), ..everything() }, |listed| listed.served.call.cached),
        (CallFilter { cached: Some(false), statuses: vec![Status::Success], ..everything() }, |listed| {
            !listed.served.call.cached && has(listed, &[Status::Success])
        }),
        (CallFilter { retried: Some(true), ..everything() }, |listed| listed.served.call.attempts > 1),
        (CallFilter { retried: Some(false), ..everything() }, |listed| listed.served.call.attempts <= 1),
        (CallFilter { user: Some("user-3".to_owned()), ..everything() }, |listed| {
            listed.served.call.attribution.user.as_deref() == Some("user-3")
        }),
        (CallFilter { min_duration_micros: Some(2_500_000), ..everything() }, |listed| {
            listed.served.call.duration_micros >= 2_500_000
        }),
        (CallFilter { min_cost_nanos: Some(200_000), ..everything() }, |listed| {
            listed.served.call.cost_nanos >= 200_000
        }),
        (CallFilter { text: text("SESSION_1"), ..everything() }, |listed| {
            listed.served.call.attribution.session.as_deref().is_some_and(|session| session.starts_with("Session_1"))
        }),
        (CallFilter { text: text("stream_f"), ..everything() }, |listed| is_staging(listed)),
        (CallFilter { text: text("model-2"), ..everything() }, |listed| is_at_model_2(listed)),
        (CallFilter { text: Some(named), ..everything() }, |listed| {
            [Some(feature(1)), Some(feature(2))].contains(&listed.served.call.attribution.feature)
        }),
        (CallFilter { from, to, ..everything() }, |listed| is_in_span(listed)),
        (CallFilter { from, to, model: Some(model(2)), ..everything() }, |listed| {
            is_in_span(listed) && is_at_model_2(listed)
        }),
        (
            CallFilter {
                environment: Some(Environment::Staging),
                model: Some(model(2)),
                statuses: vec![Status::Error],
                text: text("session"),
                ..everything()
            },
            |listed| is_staging(listed) && has(listed, &[Status::Error]),
        ),
    ]
}

fn is_at_model_2(listed: &ListedCall) -> bool {
    listed.served.target.as_ref().is_some_and(|target| target.model == model(2))
}

fn is_staging(listed: &ListedCall) -> bool {
    listed.served.call.attribution.environment == Environment::Staging
}

fn has(listed: &ListedCall, statuses: &[Status]) -> bool {
    statuses.contains(&listed.served.call.status)
}

fn is_in_span(listed: &ListedCall) -> bool {
    let at = listed.served.call.at;
    at >= moment("2026-11-21T00:30:00.5Z") && at < moment("2026-11-21T01:10:00Z")
}

async fn filters_find_what_is_among_all_calls(database: TestDatabase) {
    let world = World::new(61);
    mixed(&world, 150);
    world.project(database.db()).await;
    mixed(&world, 150);
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let calls = all(&mut tx, &everything(), 200, PAGE_EFFORT).await;
    let (_, records) = world.records();
    assert_eq!(calls.len(), records.iter().filter(|call| call.attribution.organization == organization(1)).count());
    assert!(calls.windows(2).all(|pair| pair[0].served.call.call > pair[1].served.call.call));
    for (filter, is_meant) in filters() {
        let expected: Vec<_> = calls.iter().filter(|listed| is_meant(listed)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < calls.len(), "{filter:?}");
        for (limit, effort) in [(200, PAGE_EFFORT), (7, PAGE_EFFORT), (5, 30)] {
            let found = all(&mut tx, &filter, limit, effort).await;
            assert_eq!(ids(&found), ids(&expected), "{filter:?}, {limit} rows a page, {effort} looked at");
            assert_eq!(found, expected);
        }
    }
}

fn ids(calls: &[ListedCall]) -> Vec<String> {
    calls.iter().map(|listed| listed.served.call.call.to_string()).collect()
}

/// One feature has more calls in a slot than its roll-up keeps moments of, another has three.
async fn few_calls_are_found_among_many(database: TestDatabase) {
    let world = World::new(62);
    for number in 0..300_u64 {
        world.clock.advance(Duration::from_secs(1));
        let mut call = world.call();
        call.attribution.feature = Some(feature(if number % 100 == 50 { 2 } else { 1 }));
        world.serve(call, 1, settlement(number));
        if number == 120 {
            world.project(database.db()).await;
        }
    }
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    for (number, expected) in [(1, 297), (2, 3), (3, 0)] {
        let filter = CallFilter { feature: Some(feature(number)), ..everything() };
        for limit in [2, 200] {
            let found = all(&mut tx, &filter, limit, PAGE_EFFORT).await;
            assert_eq!(found.len(), expected, "feature {number}");
            assert!(found.iter().all(|listed| listed.served.call.attribution.feature == Some(feature(number))));
        }
    }
}

/// Each call is by a key of its own, so that it has a roll-up of its own.
async fn calls_of_many_kinds_in_one_slot_are_found(database: TestDatabase) {
    for calls in [512, 600_u64] {
        let world = World::new(68 + calls);
        for number in 0..calls {
            world.clock.advance(Duration::from_millis(1000));
            let mut call = world.call();
            call.attribution.key = key(u128::from(number));
            world.serve(call, 1, settlement(number));
        }
        let database = TestDatabase::of(database.db().kind()).await;
        world.project(database.db()).await;
        let mut tx = database.db().organization(organization(1)).read().await.unwrap();
        let filter = CallFilter { feature: Some(feature(1)), ..everything() };
        for limit in [50, 200] {
            let found = all(&mut tx, &filter, limit, PAGE_EFFORT).await;
            assert_eq!(found.len() as u64, calls, "{limit} a page");
        }
    }
}

async fn a_text_is_found_as_it_was_written(database: TestDatabase) {
    let world = World::new(69);
    for user in ["ÄNNE", "Øyvind", "50%_!"] {
        let mut call = world.call();
        call.attribution.user = Some(user.to_owned());
        world.serve(call, 1, settlement(1));
    }
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    // Whether letters beyond ASCII have a case is the database's to say.
    let texts = [("ÄNNE", "ÄNNE"), ("Änn", "ÄNNE"), ("ØYV", "Øyvind"), ("0%_!", "50%_!"), ("5_%", "")];
    for (text, expected) in texts {
        let search = TextSearch { text: text.to_owned(), features: Vec::new() };
        let found = all(&mut tx, &CallFilter { text: Some(search), ..everything() }, 10, PAGE_EFFORT).await;
        let users: Vec<_> = found.iter().filter_map(|listed| listed.served.call.attribution.user.as_deref()).collect();
        assert_eq!(users.concat(), expected, "{text}");
    }
}

async fn a_status_that_is_named_again_hides_no_other(database: TestDatabase) {
    let world = World::new(70);
    mixed(&world, 60);
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let named_again = |statuses: Vec<Status>| CallFilter { statuses, ..everything() };
    let mut statuses = vec![Status::Error; 6];
    let errors = all(&mut tx, &named_again(statuses.clone()), 200, PAGE_EFFORT).await;
    statuses.push(Status::Success);
    let both = all(&mut tx, &named_again(statuses), 200, PAGE_EFFORT).await;
    let once = all(&mut tx, &named_again(vec![Status::Success, Status::Error]), 200, PAGE_EFFORT).await;
    assert!(both.len() > errors.len());
    assert_eq!(ids(&both), ids(&once));
}

/// Months lie between two calls of a feature: one request does not look through all of them.
async fn a_search_goes_on_where_it_stopped(database: TestDatabase) {
    let world = World::new(63);
    for day in 0..90 {
        world.clock.set(moment(START).plus(Duration::from_secs(day * 86_400)));
        let mut call = world.call();
        call.attribution.feature = Some(feature(if day == 0 { 2 } else { 1 }));
        world.serve(call, 1, settlement(1));
    }
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let filter = CallFilter { feature: Some(feature(2)), ..everything() };
    let first = list_calls(&mut tx, &filter, &PageRequest { limit: 10, cursor: None }, PAGE_EFFORT).await.unwrap();
    assert!(first.items.is_empty() && first.next_cursor.is_some());
    assert_eq!(all(&mut tx, &filter, 10, PAGE_EFFORT).await.len(), 1);
    let filter = CallFilter { user: Some("nobody".to_owned()), ..everything() };
    let first = list_calls(&mut tx, &filter, &PageRequest { limit: 10, cursor: None }, 40).await.unwrap();
    assert!(first.items.is_empty() && first.next_cursor.is_some());
    assert_eq!(all(&mut tx, &filter, 10, 40).await.len(), 0);
}

async fn a_call_comes_with_its_attempts(database: TestDatabase) {
    let world = World::new(64);
    world.busy(100);
    world.project(database.db()).await;
    let (attempts, _) = world.records();
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let calls = all(&mut tx, &everything(), 200, PAGE_EFFORT).await;
    for listed in &calls {
        let call = listed.served.call.call;
        let own: Vec<_> = attempts.iter().filter(|attempt| attempt.call == call).collect();
        assert_eq!(listed.attempts.iter().map(|adjusted| &adjusted.attempt).collect::<Vec<_>>(), own);
        let cost: i64 = own.iter().map(|attempt| attempt.cost.nanos).sum();
        assert_eq!(listed.served.call.cost_nanos, cost, "what was settled late is in the call's cost");
        let mut usage = Usage::default();
        listed.attempts.iter().for_each(|adjusted| usage.merge(&adjusted.figure().usage));
        let tokens: u64 = own.iter().map(|attempt| attempt.usage.get(Meter::OutputTokens)).sum();
        assert_eq!(usage.get(Meter::OutputTokens), tokens);
    }
    let wanted: Vec<_> = calls.iter().skip(3).take(5).map(|listed| listed.served.call.call).collect();
    assert_eq!(find_calls(&mut tx, &wanted).await.unwrap(), calls[3..8]);
}

async fn bars_count_what_the_list_holds(database: TestDatabase) {
    let world = World::new(65);
    mixed(&world, 200);
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let to = world.clock.now().floor(Duration::from_secs(900)).plus(Duration::from_secs(900));
    let span = CallFilter { to, ..everything() };
    let calls = all(&mut tx, &span, 200, PAGE_EFFORT).await;
    for (filter, is_meant) in filters().into_iter().filter(|(filter, _)| filter.to > to && !needs_rows(filter)) {
        for bars in [1, 4, 200] {
            let query = VolumeQuery { filter: CallFilter { to, ..filter.clone() }, bars };
            let volume = count_calls(&mut tx, &query).await.unwrap();
            assert_eq!(volume.of, calls.len() as u64);
            assert!(volume.bars.len() <= bars as usize && volume.width.as_secs() % 900 == 0);
            for bar in &volume.bars {
                let is_in = |at: Timestamp| at >= bar.at && at < bar.at.plus(volume.width);
                let own: Vec<_> =
                    calls.iter().filter(|listed| is_in(listed.served.call.at) && is_meant(listed)).collect();
                for status in Status::ALL {
                    let count = own.iter().filter(|listed| listed.served.call.status == status).count();
                    assert_eq!(bar.calls.get(status), count as u64, "{filter:?} {status} {}", bar.at);
                }
                let cached = own.iter().filter(|listed| listed.served.call.cached).count();
                assert_eq!(bar.cached, cached as u64, "{filter:?}");
            }
        }
    }
}

async fn too_long_a_span_is_cut_or_refused(database: TestDatabase) {
    let world = World::new(71);
    let longest = Duration::from_secs(400 * 86_400);
    let count = async |from: Timestamp, to: Timestamp| {
        let mut tx = database.db().organization(organization(1)).read().await.unwrap();
        count_calls(&mut tx, &VolumeQuery { filter: CallFilter { from, to, ..CallFilter::default() }, bars: 10 }).await
    };
    let (before, after) = (moment("1970-01-01T00:00:00Z"), moment("2100-01-01T00:00:00Z"));
    assert_eq!(count(before, after).await.unwrap().bars.len(), 0);
    world.serve(world.call(), 1, settlement(1));
    world.clock.advance(longest - Duration::from_secs(900));
    world.serve(world.call(), 1, settlement(1));
    world.project(database.db()).await;
    let cut = count(before, after).await.unwrap();
    assert_eq!((cut.from, cut.of), (moment(START), 2));
    assert_eq!((cut.bars[0].calls.total(), cut.bars.last().unwrap().calls.total()), (1, 1));
    let start = moment(START).minus(Duration::from_secs(900));
    assert_eq!(
        count(start, start.plus(longest)).await.unwrap().from,
        start,
        "what is short enough is as it is asked for"
    );
    world.clock.advance(Duration::from_secs(900));
    world.serve(world.call(), 1, settlement(1));
    world.project(database.db()).await;
    assert!(matches!(count(before, after).await, Err(Error::SpanTooLong { .. })));
    assert_eq!(count(start, start.plus(longest)).await.unwrap().of, 1);
}

fn needs_rows(filter: &CallFilter) -> bool {
    filter.retried.is_some()
        || filter.user.is_some()
        || filter.min_duration_micros.is_some()
        || filter.min_cost_nanos.is_some()
        || filter.text.is_some()
}

async fn the_last_call_of_a_key_is_found(database: TestDatabase) {
    let world = World::new(66);
    mixed(&world, 100);
    // So many in a slot that their moments are not kept.
    for _ in 0..150 {
        let mut call = world.call();
        call.attribution.key = key(7);
        world.serve(call, 1, settlement(1));
        world.clock.advance(Duration::from_millis(1500));
    }
    world.project(database.db()).await;
    let (_, records) = world.records();
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    for number in [0, 1, 2, 7] {
        let own = records
            .iter()
            .filter(|call| (call.attribution.organization, call.attribution.key) == (organization(1), key(number)));
        let last = own.map(|call| call.at).max();
        assert!(last.is_some());
        assert_eq!(find_last_calls(&mut tx, &[key(number)]).await.unwrap().remove(&key(number)), last, "key {number}");
    }
    let keys: Vec<_> = (0..100).map(key).collect();
    let found = find_last_calls(&mut tx, &keys).await.unwrap();
    assert_eq!(found.len(), 4, "those that were used, of more than are looked up at once");
    assert_eq!(found[&key(7)], records.last().unwrap().at);
}

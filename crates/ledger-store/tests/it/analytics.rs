use std::time::Duration;

use glaux_ledger::record::Status;
use glaux_ledger_store::{AnalyticsFilter, AnalyticsQuery, Bucket, Dimension, sketch_latency, sum_usage};
use glaux_llm::{Meter, UsageBasis};
use glaux_testkit::{database::TestDatabase, on_both};
use jiff::tz::TimeZone;

use crate::world::{START, World, feature, key, model, moment, organization, settlement};

on_both!(
    sums_are_those_of_the_records,
    groups_and_buckets,
    what_has_no_column_is_in_its_bucket,
    latency_is_that_of_successful_calls,
    latency_of_many_roll_ups
);

fn query() -> AnalyticsQuery {
    AnalyticsQuery {
        from: moment(START),
        to: moment("2026-11-28T00:00:00Z"),
        group_by: Vec::new(),
        bucket: None,
        zone: TimeZone::UTC,
        filter: AnalyticsFilter::default(),
    }
}

async fn sums_are_those_of_the_records(database: TestDatabase) {
    let world = World::new(21);
    world.busy(150);
    world.project(database.db()).await;
    world.busy(150);
    world.project(database.db()).await;
    let (attempts, calls) = world.records();
    for number in 1..=2 {
        let mut tx = database.db().organization(organization(number)).read().await.unwrap();
        let sums = sum_usage(&mut tx, &query()).await.unwrap();
        assert_eq!(sums.len(), 1);
        let totals = &sums[0].value;
        let own = || attempts.iter().filter(|attempt| attempt.attribution.organization == organization(number));
        let own_calls = || calls.iter().filter(|call| call.attribution.organization == organization(number));
        assert_eq!(totals.cost_nanos, own().map(|attempt| attempt.cost.nanos).sum::<i64>());
        for meter in [Meter::OutputTokens, Meter::WebSearches] {
            let expected: u64 = own().map(|attempt| attempt.usage.get(meter)).sum();
            assert_eq!(totals.usage.get(meter), expected, "{meter}");
        }
        for status in Status::ALL {
            let found = own().filter(|attempt| attempt.status == status && !attempt.released).count();
            assert_eq!(totals.attempts.get(status), found as u64, "{status}");
            let found = own_calls().filter(|call| call.status == status).count();
            assert_eq!(totals.calls.get(status), found as u64, "{status}");
        }
        assert_eq!(totals.cached_calls, own_calls().filter(|call| call.cached).count() as u64);
        let bound = own().filter(|attempt| attempt.usage_basis == UsageBasis::Bound).count();
        assert_eq!(totals.bound_attempts, bound as u64);
    }
}

async fn groups_and_buckets(database: TestDatabase) {
    let world = World::new(22);
    for (hour, number, tokens) in [(0, 1, 10), (1, 2, 20), (25, 1, 30), (25, 2, 40)] {
        world.clock.set(moment(START).plus(Duration::from_secs(hour * 3600 + 600)));
        let mut call = world.call();
        call.attribution.feature = (number == 2).then(|| feature(9));
        world.serve(call, number, settlement(tokens));
    }
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let mut check = async |query: AnalyticsQuery, expected: &[(&str, Option<&str>, bool, u64)]| {
        let sums = sum_usage(&mut tx, &query).await.unwrap();
        let found: Vec<_> = sums
            .iter()
            .map(|sum| {
                let tokens = sum.value.usage.get(Meter::OutputTokens);
                (sum.bucket, sum.group.model_name.as_deref(), sum.group.feature.is_some(), tokens)
            })
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(bucket, name, feature, tokens)| (moment(bucket), *name, *feature, *tokens)).collect();
        assert_eq!(found, expected, "{query:?}");
    };
    let (one, two) = (Some("acme/model-1"), Some("acme/model-2"));
    check(query(), &[(START, None, false, 100)]).await;
    check(
        AnalyticsQuery { group_by: vec![Dimension::Model], ..query() },
        &[(START, one, false, 40), (START, two, false, 60)],
    )
    .await;
    check(
        AnalyticsQuery { group_by: vec![Dimension::Feature], bucket: Some(Bucket::Day), ..query() },
        &[
            (START, None, false, 10),
            (START, None, true, 20),
            ("2026-11-22T00:00:00Z", None, false, 30),
            ("2026-11-22T00:00:00Z", None, true, 40),
        ],
    )
    .await;
    let paris = TimeZone::get("Europe/Paris").unwrap();
    check(
        AnalyticsQuery { bucket: Some(Bucket::Day), zone: paris, ..query() },
        &[(START, None, false, 30), ("2026-11-21T23:00:00Z", None, false, 70)],
    )
    .await;
    let filter = AnalyticsFilter { model: Some(model(2)), ..AnalyticsFilter::default() };
    let last = AnalyticsQuery { from: moment("2026-11-22T01:14:00Z"), filter, ..query() };
    check(last, &[("2026-11-22T01:00:00Z", None, false, 40)]).await;
}

/// On both sides of midnight in Paris, in the last slot before it and the first one after.
async fn what_has_no_column_is_in_its_bucket(database: TestDatabase) {
    let world = World::new(25);
    let calls = [("22:44:00", 1), ("22:45:00", 1), ("22:59:58", 1), ("23:00:00", 2), ("23:14:59", 2), ("23:15:00", 2)];
    for (time, searches) in calls {
        world.clock.set(moment(&format!("2026-11-21T{time}Z")));
        world.serve(world.call(), 1, settlement(searches));
    }
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let mut check = async |from: &str, bucket, expected: &[(&str, u64, u64)]| {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let query = AnalyticsQuery { from: moment(from), bucket, zone, ..query() };
        let sums = sum_usage(&mut tx, &query).await.unwrap();
        let sketches = sketch_latency(&mut tx, &query).await.unwrap();
        let searches: Vec<_> = sums.iter().map(|sum| (sum.bucket, sum.value.usage.get(Meter::WebSearches))).collect();
        let counts: Vec<_> = sketches.iter().map(|sketch| (sketch.bucket, sketch.value.count())).collect();
        let expected = |of: fn(&(&str, u64, u64)) -> u64| -> Vec<_> {
            expected.iter().map(|one| (moment(one.0), of(one))).collect()
        };
        assert_eq!((searches, counts), (expected(|one| one.1), expected(|one| one.2)), "{from} {bucket:?}");
    };
    check(START, Some(Bucket::Day), &[(START, 3, 3), ("2026-11-21T23:00:00Z", 6, 3)]).await;
    let quarters = [("2026-11-21T22:45:00Z", 2, 2), ("2026-11-21T23:00:00Z", 4, 2), ("2026-11-21T23:15:00Z", 2, 1)];
    check("2026-11-21T22:50:00Z", Some(Bucket::QuarterHour), &quarters).await;
    check("2026-11-21T22:45:00Z", None, &[("2026-11-21T22:45:00Z", 8, 5)]).await;
}

async fn latency_is_that_of_successful_calls(database: TestDatabase) {
    let world = World::new(23);
    for batch in 0..5_u64 {
        for number in 1..=20_u64 {
            world.clock.advance(Duration::from_secs(60));
            let mut call = world.call();
            call.duration_micros = (batch * 20 + number) * 1000;
            world.serve(call, 1, settlement(1));
        }
        world.project(database.db()).await;
    }
    drop(world.ledger.open_call(world.call()));
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let sketches = sketch_latency(&mut tx, &query()).await.unwrap();
    assert_eq!((sketches.len(), sketches[0].value.count()), (1, 100));
    let median = sketches[0].value.quantile_micros(0.5).unwrap();
    assert!((49_000..=51_000).contains(&median), "{median}");
}

/// More of them than are in memory at once, in one slot and in several.
async fn latency_of_many_roll_ups(database: TestDatabase) {
    let world = World::new(24);
    for number in 0..1100_u64 {
        if number > 700 {
            world.clock.advance(Duration::from_secs(60));
        }
        let mut call = world.call();
        call.attribution.key = key(u128::from(number));
        world.serve(call, 1, settlement(1));
    }
    world.project(database.db()).await;
    let mut tx = database.db().organization(organization(1)).read().await.unwrap();
    let sketches = sketch_latency(&mut tx, &query()).await.unwrap();
    assert_eq!((sketches.len(), sketches[0].value.count()), (1, 1100));
    let by_hour = AnalyticsQuery { bucket: Some(Bucket::Hour), ..query() };
    let sketches = sketch_latency(&mut tx, &by_hour).await.unwrap();
    assert_eq!(sketches.iter().map(|sketch| sketch.value.count()).sum::<u64>(), 1100);
}

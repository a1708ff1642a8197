use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn key(number: u128) -> Subject<'static> {
    Subject::Key(KeyId::from_uuid(uuid::Uuid::from_u128(number)))
}

fn limit(subject: Subject<'_>) -> Limit<'_> {
    Limit { subject, requests_per_minute: None, tokens_per_minute: None, concurrency: None }
}

fn requests(per_minute: u64) -> [Limit<'static>; 1] {
    [Limit { requests_per_minute: Some(per_minute), ..limit(key(1)) }]
}

#[test]
fn exactly_the_limit_fits_into_a_minute_that_was_idle() {
    let check = |per_minute: u64| {
        let limiter = Limiter::new();
        let start = 1000 * SECOND;
        for number in 0..per_minute {
            assert!(limiter.acquire(&requests(per_minute), 0, start).is_ok(), "{number} of {per_minute}");
        }
        let limited = limiter.acquire(&requests(per_minute), 0, start).unwrap_err();
        assert_eq!((limited.standing.kind, limited.standing.remaining), (Kind::Requests, 0));
        let retry = limited.retry_after.unwrap();
        assert!(retry <= WINDOW / u32::try_from(per_minute).unwrap() + Duration::from_micros(1), "{retry:?}");
        assert!(limiter.acquire(&requests(per_minute), 0, start + retry - Duration::from_nanos(1)).is_err());
        assert!(limiter.acquire(&requests(per_minute), 0, start + retry).is_ok());
    };
    [1, 2, 7, 60, 600, 999, 100_003].into_iter().for_each(check);
}

/// The same decisions as a token bucket kept with exact fractions: `limit` tokens, refilled at limit per minute.
#[test]
fn decisions_are_those_of_a_token_bucket() {
    let limiter = Limiter::new();
    let limits = [Limit { tokens_per_minute: Some(6000), ..limit(key(1)) }];
    let (mut level_nanos, mut last) = (6000_i128 * 60_000_000_000, 0_i128);
    let mut state = 7_u64;
    for _ in 0..5000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let now = last + i128::from(state >> 33) % 900_000_000;
        let tokens = (state >> 20) % 200;
        level_nanos = (level_nanos + (now - last) * 6000).min(6000 * 60_000_000_000);
        last = now;
        let needed = i128::from(tokens) * 60_000_000_000;
        let fits = needed <= level_nanos;
        let now = Duration::from_nanos(u64::try_from(now).unwrap());
        assert_eq!(limiter.acquire(&limits, tokens, now).is_ok(), fits, "{tokens} at {now:?}");
        level_nanos -= if fits { needed } else { 0 };
    }
}

#[test]
fn all_limits_count_a_call_or_none_does() {
    let limiter = Limiter::new();
    let limits = [
        Limit { requests_per_minute: Some(10), ..limit(key(1)) },
        Limit { requests_per_minute: Some(1), ..limit(Subject::User(OrganizationId::PLATFORM, "ann")) },
    ];
    assert!(limiter.acquire(&limits, 0, SECOND).is_ok());
    assert_eq!(limiter.acquire(&limits, 0, SECOND).unwrap_err().index, 1);
    let permit = limiter.acquire(&limits[..1], 0, SECOND).unwrap();
    assert_eq!((permit.standings()[0].limit, permit.standings()[0].remaining), (10, 8));
    assert_eq!(permit.standings()[0].reset, 12 * SECOND);
    let other = [Limit { requests_per_minute: Some(1), ..limit(Subject::User(OrganizationId::PLATFORM, "bob")) }];
    assert!(limiter.acquire(&other, 0, SECOND).is_ok());
}

#[test]
fn tokens_are_corrected_when_the_usage_is_known() {
    let limiter = Limiter::new();
    let limits = [Limit { tokens_per_minute: Some(1000), ..limit(key(1)) }];
    let remaining = || limiter.acquire(&limits, 0, SECOND).unwrap().standings()[0].remaining;
    let mut permit = limiter.acquire(&limits, 900, SECOND).unwrap();
    assert_eq!(remaining(), 100);
    permit.correct_tokens(200);
    assert_eq!(remaining(), 800);
    permit.correct_tokens(3000);
    let limited = limiter.acquire(&limits, 1, SECOND).unwrap_err();
    assert_eq!(limited.retry_after, Some(120 * SECOND + Duration::from_millis(60)));
    assert_eq!(limiter.acquire(&limits, 1001, 1000 * SECOND).unwrap_err().retry_after, None);
}

#[test]
fn concurrency_is_given_back_when_a_permit_is_dropped() {
    let limiter = Limiter::new();
    let limits = [Limit { concurrency: Some(2), ..limit(key(1)) }];
    let first = limiter.acquire(&limits, 0, SECOND).unwrap();
    let _second = limiter.acquire(&limits, 0, SECOND).unwrap();
    assert_eq!(limiter.acquire(&limits, 0, SECOND).unwrap_err().standing.kind, Kind::Concurrency);
    drop(first);
    assert!(limiter.acquire(&limits, 0, SECOND).is_ok());
}

#[test]
fn idle_subjects_are_forgotten() {
    let limiter = Limiter::new();
    for number in 0..100_000_u64 {
        let user = number.to_string();
        let limits = [Limit { requests_per_minute: Some(60), ..limit(Subject::User(OrganizationId::PLATFORM, &user)) }];
        drop(limiter.acquire(&limits, 0, Duration::from_millis(10 * number)));
    }
    let kept = limiter.shared.buckets.lock().subjects.len();
    assert!(kept <= SWEEP_FROM, "{kept}");
}

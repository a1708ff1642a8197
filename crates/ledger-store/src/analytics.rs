//! Sums over roll-ups, grouped by any of their dimensions. Never scans entries.

use std::collections::BTreeMap;

use glaux_kernel::{ApplicationId, Environment, FeatureId, KeyId, ModelId, Period, ProviderId, Timestamp};
use glaux_store::OrgRead;
use jiff::tz::TimeZone;

use crate::{
    Error, Result,
    latency::Latency,
    store::analytics::{self as groups, RollupPlace},
    sums::{SLOT, Totals},
};

/// The most buckets of one answer.
pub const MAX_BUCKETS: usize = 1000;

/// Sketches that are in memory at once, a kilobyte or two each.
const SKETCHES: i64 = 500;

/// What sums can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The program that called.
    Application,
    /// The feature.
    Feature,
    /// The upstream account.
    Provider,
    /// The model.
    Model,
    /// The environment.
    Environment,
    /// The credential.
    Key,
}

/// The width of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// 15 minutes, counted from midnight UTC.
    QuarterHour,
    /// An hour, counted from midnight UTC.
    Hour,
    /// A day of the time zone.
    Day,
    /// A week of the time zone, from Monday.
    Week,
    /// A month of the time zone.
    Month,
}

/// Which roll-ups. What is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct AnalyticsFilter {
    /// Of an application.
    pub application: Option<ApplicationId>,
    /// Of a feature.
    pub feature: Option<FeatureId>,
    /// At a provider.
    pub provider: Option<ProviderId>,
    /// At a model.
    pub model: Option<ModelId>,
    /// In an environment.
    pub environment: Option<Environment>,
    /// By a key.
    pub key: Option<KeyId>,
}

/// What is to be summed, and how.
#[derive(Debug, Clone)]
pub struct AnalyticsQuery {
    /// From the slot of 15 minutes that holds this moment.
    pub from: Timestamp,
    /// Until before this moment; its slot is counted whole.
    pub to: Timestamp,
    /// One sum for each combination of these; none: one sum of all.
    pub group_by: Vec<Dimension>,
    /// One sum for each of these; none: one sum of the whole time. The first and last may be cut off by `from` and `to`.
    pub bucket: Option<Bucket>,
    /// Where days begin.
    pub zone: TimeZone,
    /// Which roll-ups.
    pub filter: AnalyticsFilter,
}

/// What a sum is for. A dimension that is not grouped by is absent, as is a feature or model that a call had none of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Group {
    /// The program that called.
    pub application: Option<ApplicationId>,
    /// The feature.
    pub feature: Option<FeatureId>,
    /// The upstream account.
    pub provider: Option<ProviderId>,
    /// The model.
    pub model: Option<ModelId>,
    /// `provider/model` as people write it; present with `model`.
    pub model_name: Option<String>,
    /// The environment.
    pub environment: Option<Environment>,
    /// The credential.
    pub key: Option<KeyId>,
}

/// One value of an answer.
#[derive(Debug, Clone)]
pub struct Grouped<T> {
    /// The start of the bucket: that of its first slot in the answer.
    pub bucket: Timestamp,
    /// What it is for.
    pub group: Group,
    /// The value.
    pub value: T,
}

/// Sums by bucket and group. Where nothing happened there is none.
pub async fn sum_usage(tx: &mut OrgRead, query: &AnalyticsQuery) -> Result<Vec<Grouped<Totals>>> {
    let buckets = Buckets::of(query)?;
    let mut sums: ByBucket<Totals> = BTreeMap::new();
    for slots in &buckets.0 {
        for (group, totals) in groups::list_totals(tx, *slots, &query.group_by, &query.filter).await? {
            sums.entry((slots.0, group)).or_default().merge(&totals);
        }
    }
    let (span, start) = (buckets.span(), |slot| buckets.start(slot));
    for (bucket, group, usage) in groups::list_other_usage(tx, span, start, &query.group_by, &query.filter).await? {
        sums.entry((bucket, group)).or_default().usage.merge(&usage);
    }
    Ok(to_list(sums))
}

/// The durations of successful calls by bucket and group.
pub async fn sketch_latency(tx: &mut OrgRead, query: &AnalyticsQuery) -> Result<Vec<Grouped<Latency>>> {
    let buckets = Buckets::of(query)?;
    let mut sketches: ByBucket<Latency> = BTreeMap::new();
    each_latency(tx, buckets.span(), &query.group_by, &query.filter, |slot, group, latency| {
        sketches.entry((buckets.start(slot), group)).or_default().merge(latency)
    })
    .await?;
    Ok(to_list(sketches))
}

type ByBucket<T> = BTreeMap<(Timestamp, Group), T>;

fn to_list<T>(found: ByBucket<T>) -> Vec<Grouped<T>> {
    found.into_iter().map(|((bucket, group), value)| Grouped { bucket, group, value }).collect()
}

/// Goes through the sketches of the roll-ups with slots in `slots`.
pub(crate) async fn each_latency(
    tx: &mut OrgRead,
    slots: (Timestamp, Timestamp),
    group_by: &[Dimension],
    filter: &AnalyticsFilter,
    mut take: impl FnMut(Timestamp, Group, &Latency) -> Result<()>,
) -> Result<()> {
    let mut after = RollupPlace::before(slots.0);
    loop {
        let page = groups::page_latency(tx, (&after, slots.1), group_by, filter, SKETCHES).await?;
        let is_last = (page.len() as i64) < SKETCHES;
        for sketch in page {
            take(sketch.place.slot, sketch.group, &Latency::from_bytes(&sketch.bytes)?)?;
            after = sketch.place;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// The buckets from the first to the last slot, each from its first slot to before the next one's.
struct Buckets(Vec<(Timestamp, Timestamp)>);

impl Buckets {
    fn of(query: &AnalyticsQuery) -> Result<Self> {
        let end = query.to.minus(std::time::Duration::from_micros(1)).floor(SLOT).plus(SLOT);
        let mut start = query.from.floor(SLOT);
        let mut buckets = Vec::new();
        while start < end {
            let next = match query.bucket {
                None => end,
                Some(bucket) => bucket.end(start, &query.zone).clamp(start.plus(SLOT), end),
            };
            if buckets.len() == MAX_BUCKETS {
                return Err(Error::TooManyBuckets { limit: MAX_BUCKETS });
            }
            buckets.push((start, next));
            start = next;
        }
        Ok(Self(buckets))
    }

    /// From the first slot to before the last one's end.
    fn span(&self) -> (Timestamp, Timestamp) {
        let start = self.0.first().map_or(Timestamp::from_micros(0), |first| first.0);
        (start, self.0.last().map_or(start, |last| last.1))
    }

    /// The start of the bucket that holds a slot of the span.
    fn start(&self, slot: Timestamp) -> Timestamp {
        let after = self.0.partition_point(|(start, _)| *start <= slot);
        self.0.get(after.saturating_sub(1)).map_or(slot, |found| found.0)
    }
}

impl Bucket {
    /// The start of the next bucket after the one that holds `at`.
    fn end(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let hour = SLOT * 4;
        match self {
            Self::QuarterHour => at.floor(SLOT).plus(SLOT),
            Self::Hour => at.floor(hour).plus(hour),
            Self::Day => Period::Daily.bounds(at, zone).1,
            Self::Week => Period::Weekly.bounds(at, zone).1,
            Self::Month => Period::Monthly.bounds(at, zone).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_the_zone_and_are_cut_by_the_range() {
        let check = |bucket: Option<Bucket>, from: &str, to: &str, starts: &[&str]| {
            let query = AnalyticsQuery {
                from: from.parse().unwrap(),
                to: to.parse().unwrap(),
                group_by: Vec::new(),
                bucket,
                zone: TimeZone::get("Europe/Paris").unwrap(),
                filter: AnalyticsFilter::default(),
            };
            let Buckets(buckets) = Buckets::of(&query).unwrap();
            let found: Vec<_> = buckets.iter().map(|(start, _)| *start).collect();
            let expected: Vec<Timestamp> = starts.iter().map(|start| start.parse().unwrap()).collect();
            assert_eq!(found, expected, "{bucket:?} {from} {to}");
            assert!(buckets.windows(2).all(|pair| pair[0].1 == pair[1].0));
        };
        check(None, "2026-10-01T00:07:00Z", "2026-10-09T00:00:00Z", &["2026-10-01T00:00:00Z"]);
        check(None, "2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", &[]);
        check(
            Some(Bucket::QuarterHour),
            "2026-10-01T00:14:59Z",
            "2026-10-01T00:30:00.000001Z",
            &["2026-10-01T00:00:00Z", "2026-10-01T00:15:00Z", "2026-10-01T00:30:00Z"],
        );
        check(
            Some(Bucket::Hour),
            "2026-10-01T00:30:00Z",
            "2026-10-01T02:00:00Z",
            &["2026-10-01T00:30:00Z", "2026-10-01T01:00:00Z"],
        );
        // The last Sunday of October has 25 hours in Paris.
        check(
            Some(Bucket::Day),
            "2026-10-24T00:00:00Z",
            "2026-10-26T12:00:00Z",
            &["2026-10-24T00:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
        );
        check(
            Some(Bucket::Week),
            "2026-10-19T00:00:00Z",
            "2026-10-27T00:00:00Z",
            &["2026-10-19T00:00:00Z", "2026-10-25T23:00:00Z"],
        );
        check(
            Some(Bucket::Month),
            "2026-10-19T00:00:00Z",
            "2026-12-01T00:00:00Z",
            &["2026-10-19T00:00:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"],
        );
    }

    #[test]
    fn too_many_buckets_are_refused() {
        let query = AnalyticsQuery {
            from: Timestamp::from_micros(0),
            to: "2026-01-01T00:00:00Z".parse().unwrap(),
            group_by: Vec::new(),
            bucket: Some(Bucket::QuarterHour),
            zone: TimeZone::UTC,
            filter: AnalyticsFilter::default(),
        };
        assert!(matches!(Buckets::of(&query).map(|_| ()), Err(Error::TooManyBuckets { limit: MAX_BUCKETS })));
    }
}

use std::time::Duration;

use glaux_kernel::Timestamp;

/// Moments that are kept. A roll-up with more calls is found by reading its slot.
const MANY: usize = 128;
/// Milliseconds of a slot fit into three bytes.
const WIDTH: usize = 3;

/// When in their slot calls came, while they are few.
///
/// An index of calls by what they are filtered by would cost more than their rows. Roll-ups are written anyway, and those
/// of which calls are hard to find have few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallMoments(Option<Vec<u8>>);

impl Default for CallMoments {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl CallMoments {
    pub(crate) fn from_bytes(bytes: Option<Vec<u8>>) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        self.0.as_deref()
    }

    /// Adds a call that came at `at`, in the slot that begins at `slot`.
    pub(crate) fn add(&mut self, slot: Timestamp, at: Timestamp) {
        let Some(bytes) = &mut self.0 else { return };
        let millis = u32::try_from(at.since(slot).as_millis()).unwrap_or(u32::MAX);
        if bytes.len() < MANY * WIDTH {
            bytes.extend_from_slice(&millis.to_be_bytes()[1..]);
        } else {
            self.0 = None;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.0 = match (self.0.take(), other.0) {
            (Some(mut bytes), Some(more)) if bytes.len() + more.len() <= MANY * WIDTH => {
                bytes.extend_from_slice(&more);
                Some(bytes)
            }
            _ => None,
        };
    }

    /// The moments, to the millisecond, in no order. `None`: they are not known.
    pub(crate) fn list(&self, slot: Timestamp) -> Option<impl Iterator<Item = Timestamp>> {
        let moment = move |bytes: &[u8]| {
            let millis = bytes.iter().fold(0, |millis, byte| (millis << 8) | u64::from(*byte));
            slot.plus(Duration::from_millis(millis))
        };
        self.0.as_ref().map(|bytes| bytes.chunks_exact(WIDTH).map(moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(1_800_000_000_000_000 + micros)
    }

    fn of(micros: impl IntoIterator<Item = i64>) -> CallMoments {
        let mut moments = CallMoments::default();
        micros.into_iter().for_each(|micros| moments.add(at(0), at(micros)));
        moments
    }

    fn listed(moments: &CallMoments) -> Option<Vec<i64>> {
        Some(moments.list(at(0))?.map(|moment| (moment.as_micros() - at(0).as_micros()) / 1000).collect())
    }

    #[test]
    fn moments_survive_bytes_and_merging() {
        let last = 899_999_999;
        let mut moments = of([0, 1999]);
        moments.merge(of([last]));
        let read = CallMoments::from_bytes(moments.as_bytes().map(<[u8]>::to_vec));
        assert_eq!(listed(&read), Some(vec![0, 1, 899_999]));
    }

    #[test]
    fn many_are_not_kept() {
        let few = of((0..128).map(|number| number * 1000));
        assert_eq!(listed(&few).unwrap().len(), 128);
        assert_eq!(listed(&of((0..129).map(|number| number * 1000))), None);
        let mut merged = few;
        merged.merge(of([1]));
        assert_eq!(listed(&merged), None);
        merged.merge(of([]));
        assert_eq!(listed(&merged), None, "what is not known stays so");
    }
}

use sketches_ddsketch::{Config, DDSketch};

use crate::{Error, Result};

/// A mergeable sketch of durations in microseconds; quantiles are within 1 % of the true value.
///
/// DDSketch: Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
/// VLDB 2019. Kept in the binary form of DataDog's sketches-java.
#[derive(Clone)]
pub struct Latency(DDSketch);

impl std::fmt::Debug for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Latency").field("count", &self.count()).field("p50", &self.quantile_micros(0.5)).finish()
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self(DDSketch::new(Config::defaults()))
    }
}

impl Latency {
    pub(crate) fn add(&mut self, micros: u64) {
        self.0.add(micros as f64);
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Result<()> {
        self.0.merge(&other.0).map_err(|_| unreadable("sketches of different accuracy can't be merged"))
    }

    /// Durations that were added.
    pub fn count(&self) -> u64 {
        self.0.count() as u64
    }

    /// The duration that the share `quantile` (0 to 1) of the calls did not exceed. `None` without calls.
    pub fn quantile_micros(&self, quantile: f64) -> Option<u64> {
        let micros = self.0.quantile(quantile.clamp(0.0, 1.0)).ok().flatten()?;
        Some(micros.round() as u64)
    }

    /// Empty for a sketch of nothing.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        if self.count() == 0 { Vec::new() } else { self.0.to_java_bytes() }
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        DDSketch::from_java_bytes(bytes).map(Self).map_err(|_| unreadable("the latency is no sketch"))
    }
}

fn unreadable(what: &'static str) -> Error {
    Error::Row { table: "usage_rollups", what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_survive_bytes_and_merging() {
        let mut halves = [Latency::default(), Latency::default()];
        (1..=100_000_u64).for_each(|micros| halves[usize::from(micros % 3 == 0)].add(micros));
        let mut merged = Latency::default();
        for half in halves {
            merged.merge(&Latency::from_bytes(&half.to_bytes()).unwrap()).unwrap();
        }
        let merged = Latency::from_bytes(&merged.to_bytes()).unwrap();
        assert_eq!(merged.count(), 100_000);
        for (quantile, exact) in [(0.5, 50_000.0), (0.95, 95_000.0), (0.99, 99_000.0)] {
            let found = merged.quantile_micros(quantile).unwrap() as f64;
            assert!((found - exact).abs() <= exact * 0.0101, "{quantile}: {found}");
        }
        assert_eq!(merged.quantile_micros(1.0), Some(100_000));
    }

    #[test]
    fn nothing_is_no_bytes() {
        assert!(Latency::default().to_bytes().is_empty());
        assert_eq!(Latency::from_bytes(&[]).unwrap().quantile_micros(0.5), None);
        assert!(Latency::from_bytes(b"garbage").is_err());
    }
}

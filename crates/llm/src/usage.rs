use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use crate::{Meter, MeterGroup};

/// Where a usage vector comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum UsageBasis {
    /// The provider said so.
    #[n(0)]
    Reported,
    /// Counted by us from what went over the wire.
    #[n(1)]
    Estimated,
    /// The most it can have been: the hold's bound.
    #[n(2)]
    Bound,
}

impl UsageBasis {
    /// The wire and database text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Estimated => "estimated",
            Self::Bound => "bound",
        }
    }
}

/// Quantities by meter; disjoint, so that sums conserve the provider's totals.
///
/// On the wire an object of the meters that are not zero: `{"input_tokens":19,"output_tokens":10}`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Usage([u64; Meter::COUNT]);

impl Default for Usage {
    fn default() -> Self {
        Self([0; Meter::COUNT])
    }
}

impl Usage {
    /// The quantity of `meter`.
    pub const fn get(&self, meter: Meter) -> u64 {
        self.0[meter.index()]
    }

    /// Sets the quantity of `meter`.
    pub const fn set(&mut self, meter: Meter, quantity: u64) {
        self.0[meter.index()] = quantity;
    }

    /// The same with `meter` set.
    pub const fn with(mut self, meter: Meter, quantity: u64) -> Self {
        self.set(meter, quantity);
        self
    }

    /// Adds to the quantity of `meter`; saturates.
    pub const fn add(&mut self, meter: Meter, quantity: u64) {
        self.0[meter.index()] = self.0[meter.index()].saturating_add(quantity);
    }

    /// Adds every quantity of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (meter, quantity) in other.iter() {
            self.add(meter, quantity);
        }
    }

    /// The meters that are not zero.
    pub fn iter(&self) -> impl Iterator<Item = (Meter, u64)> + '_ {
        Meter::ALL.iter().map(|meter| (*meter, self.get(*meter))).filter(|(_, quantity)| *quantity > 0)
    }

    /// The sum of a group: `Input` and `Output` give the provider's token totals.
    pub fn total(&self, group: MeterGroup) -> u64 {
        self.iter().filter(|(meter, _)| meter.group() == group).fold(0, |sum, (_, n)| sum.saturating_add(n))
    }

    /// Nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|quantity| *quantity == 0)
    }
}

impl fmt::Debug for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(meter, quantity)| (meter.as_str(), quantity))).finish()
    }
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (meter, quantity) in self.iter() {
            map.serialize_entry(meter.as_str(), &quantity)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Usage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<Meter, u64>::deserialize(deserializer)?;
        Ok(map.into_iter().fold(Self::default(), |usage, (meter, quantity)| usage.with(meter, quantity)))
    }
}

/// A map from the meter's text to its quantity, so that meters can be added without renumbering.
impl<C> minicbor::Encode<C> for Usage {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.map(self.iter().count() as u64)?;
        for (meter, quantity) in self.iter() {
            encoder.str(meter.as_str())?.u64(quantity)?;
        }
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Usage {
    fn decode(decoder: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let mut usage = Self::default();
        for entry in decoder.map_iter::<&str, u64>()? {
            let (meter, quantity) = entry?;
            usage.set(meter.parse().map_err(|_| minicbor::decode::Error::message("unknown meter"))?, quantity);
        }
        Ok(usage)
    }
}

//! What an attempt cost, line by line.

use glaux_kernel::PriceRuleId;
use glaux_llm::{Meter, Rating};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// One charged class of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CostLine {
    /// The rule that charged it.
    #[n(0)]
    pub rule: PriceRuleId,
    /// The class.
    #[n(1)]
    pub meter: MeterName,
    /// How much of it.
    #[n(2)]
    pub quantity: u64,
    /// Femto-dollars per unit.
    #[n(3)]
    pub femtos: i64,
}

/// A meter that is written as its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MeterName(pub Meter);

impl<C> Encode<C> for MeterName {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(self.0.as_str())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for MeterName {
    fn decode(decoder: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder.str()?.parse().map(Self).map_err(|_| minicbor::decode::Error::message("unknown meter"))
    }
}

/// What an attempt cost.
#[derive(Debug, Clone, PartialEq, Default, Encode, Decode, Serialize, Deserialize)]
pub struct Cost {
    /// Nano-dollars. Where `unpriced` is set, only the known part.
    #[n(0)]
    pub nanos: i64,
    /// A class that had a quantity and no price.
    #[n(1)]
    pub unpriced: Option<MeterName>,
    /// What was charged.
    #[n(2)]
    pub lines: Vec<CostLine>,
}

impl From<&Rating> for Cost {
    fn from(rating: &Rating) -> Self {
        let line = |line: &glaux_llm::price::Line| CostLine {
            rule: line.rule,
            meter: MeterName(line.meter),
            quantity: line.quantity,
            femtos: line.rate.femtos(),
        };
        Self {
            nanos: rating.cost.nanos(),
            unpriced: rating.unpriced.map(MeterName),
            lines: rating.lines.iter().map(line).collect(),
        }
    }
}

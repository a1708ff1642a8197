use glaux_llm::{Conditions, Meter, MeterGroup};
use serde_json::value::RawValue;

use super::{
    decimal::{Decimal, Rated},
    fields::number,
};
use crate::catalogue::{Finding, FindingKind, Model, ModelType, Price, Source};

/// Longer values are cut in findings.
const VALUE_CHARS: usize = 200;

/// Takes in the prices of one model, and the findings about it.
pub(super) struct Recorder<'a> {
    pub(super) source: Source,
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    pub(super) prices: Vec<Price>,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Recorder<'_> {
    /// Records a finding about the model.
    pub(super) fn find(&mut self, kind: FindingKind) {
        self.findings.push(Finding {
            source: self.source,
            provider: self.provider.into(),
            model: self.model.into(),
            kind,
        });
    }

    /// A price for which there is no meter or condition. A charge of nothing is none.
    pub(super) fn inexpressible(&mut self, field: &str, raw: &RawValue) {
        if number(raw).is_some_and(Decimal::is_zero) {
            return;
        }
        self.find(FindingKind::Inexpressible { field: field.into(), value: cut(raw.get()) });
    }

    pub(super) fn malformed(&mut self, field: &str, raw: &RawValue) {
        self.find(FindingKind::Malformed { field: field.into(), value: cut(raw.get()) });
    }

    /// A rate of `meter` that `field` states as `raw` per 10^`power` units.
    pub(super) fn price(&mut self, field: &str, raw: &RawValue, power: i32, meter: Meter, conditions: &Conditions) {
        match number(raw).map(|number| number.shifted(-power)) {
            Some(number) => self.amount(field, raw.get(), number, meter, conditions),
            None => self.malformed(field, raw),
        }
    }

    /// A rate of `meter`, already per unit; `text` is what the source says.
    pub(super) fn amount(&mut self, field: &str, text: &str, amount: Decimal, meter: Meter, conditions: &Conditions) {
        let rate = match amount.rate() {
            Some(Rated::Exact(rate)) => rate,
            Some(Rated::Rounded(rate)) => {
                let kept = rate.per_million().into();
                self.find(FindingKind::Rounded { field: field.into(), value: cut(text), kept });
                rate
            }
            None => return self.find(FindingKind::Malformed { field: field.into(), value: cut(text) }),
        };
        let same = |price: &&Price| price.meter == meter && price.conditions == *conditions;
        match self.prices.iter().find(same) {
            None => self.prices.push(Price { meter, rate, conditions: conditions.clone(), source: self.source }),
            Some(first) if first.rate == rate => {}
            Some(first) => {
                let (kept, kept_source) = (first.rate.per_million().into(), first.source);
                self.find(FindingKind::Conflict { field: field.into(), kept, kept_source, value: cut(text) });
            }
        }
    }

    /// Leaves out rates per image, second, character or query that state again what tokens already charge.
    ///
    /// Embedding models are the exception: they charge text by tokens and other media by measure.
    pub(super) fn drop_alternatives(&mut self, kind: ModelType) {
        if kind == ModelType::Embedding {
            return;
        }
        let charges =
            |group: MeterGroup| self.prices.iter().any(|price| price.meter.group() == group && price.rate.femtos() > 0);
        let (input, output) = (charges(MeterGroup::Input), charges(MeterGroup::Output));
        let repeats = |price: &Price| match price.meter {
            Meter::OutputImages | Meter::OutputAudioMilliseconds => output,
            Meter::InputImages | Meter::InputCharacters | Meter::InputAudioMilliseconds | Meter::SearchUnits => input,
            _ => false,
        };
        let (repeated, kept) = std::mem::take(&mut self.prices).into_iter().partition(repeats);
        self.prices = kept;
        for price in repeated {
            let value = price.rate.per_million().into();
            self.find(FindingKind::Alternative { field: price.meter.as_str().into(), value });
        }
    }

    /// Hands the prices over to `model`.
    pub(super) fn finish(mut self, model: &mut Model) {
        self.drop_alternatives(model.kind);
        model.prices.append(&mut self.prices);
        model.sort_prices();
    }
}

/// On one line, and no longer than a reader wants.
fn cut(text: &str) -> Box<str> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(VALUE_CHARS).collect::<String>().into()
}

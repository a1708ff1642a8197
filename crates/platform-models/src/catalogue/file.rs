//! The text form of a provider's models: `data/catalog/<provider>.json`.
//!
//! A JSON object `{"provider":…,"models":[…]}` with one model per line, in the order of their names, so that a change
//! reads as a diff and one model can be found and read without the rest. Rates are decimal text: of tokens, characters
//! and milliseconds per million, of everything else per unit.

use std::collections::{BTreeMap, BTreeSet};

use glaux_kernel::Rate;
use glaux_llm::{Conditions, Meter, MeterGroup};
use serde::{Deserialize, Serialize};

use super::{Capability, Figure, Match, Model, ModelType, Models, Price, Source};

/// What is wrong with a catalogue file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not JSON of this form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A rate that can't be read.
    #[error("model {model}: {reason}")]
    Rate {
        /// Of which model.
        model: Box<str>,
        /// Why.
        reason: glaux_kernel::MoneyError,
    },
}

/// Writes the file of `provider`.
pub fn render(provider: &str, models: &Models) -> Result<String, FileError> {
    let name = serde_json::to_string(provider)?;
    let lines: Result<Vec<String>, _> = models.iter().map(|model| serde_json::to_string(&Line::of(model))).collect();
    Ok(format!("{{\"provider\":{name},\"models\":[\n{}\n]}}\n", lines?.join(",\n")))
}

/// Reads every model of a file.
pub fn parse(text: &str) -> Result<Models, FileError> {
    #[derive(Deserialize)]
    struct File {
        models: Vec<Line>,
    }
    let file: File = serde_json::from_str(text)?;
    let models: Result<Vec<Model>, FileError> = file.models.into_iter().map(Line::read).collect();
    Ok(Models::new(models?))
}

/// Reads the model of exactly that name, and nothing else of the file.
pub fn find(text: &str, name: &str) -> Result<Option<Model>, FileError> {
    let beginning = format!("\n{{\"name\":{},", serde_json::to_string(name)?);
    let Some(start) = text.find(&beginning) else { return Ok(None) };
    let line = text[start + 1..].lines().next().unwrap_or_default();
    let line: Line = serde_json::from_str(line.strip_suffix(',').unwrap_or(line))?;
    line.read().map(Some)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: Box<str>,
    #[serde(rename = "type")]
    kind: ModelType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context_window: Option<Figure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<Figure>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    capabilities: BTreeSet<Capability>,
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    matches: Option<Match>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_on: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    prices: Vec<Rates>,
}

/// The rates of one source under the same conditions.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rates {
    source: Source,
    #[serde(default, rename = "when", skip_serializing_if = "is_always")]
    conditions: Conditions,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    per_million: BTreeMap<Meter, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    per_unit: BTreeMap<Meter, String>,
}

fn is_always(conditions: &Conditions) -> bool {
    *conditions == Conditions::default()
}

impl Line {
    fn of(model: &Model) -> Self {
        let mut prices: Vec<Rates> = Vec::new();
        for price in &model.prices {
            let same = |rates: &Rates| rates.source == price.source && rates.conditions == price.conditions;
            let rates = match prices.iter().position(same) {
                Some(index) => &mut prices[index],
                None => prices.push_mut(Rates {
                    source: price.source,
                    conditions: price.conditions.clone(),
                    per_million: BTreeMap::new(),
                    per_unit: BTreeMap::new(),
                }),
            };
            if is_quoted_per_million(price.meter) {
                rates.per_million.insert(price.meter, price.rate.per_million());
            } else {
                rates.per_unit.insert(price.meter, per_unit(price.rate));
            }
        }
        Self {
            name: model.name.clone(),
            kind: model.kind,
            context_window: model.context_window,
            max_output_tokens: model.max_output_tokens,
            capabilities: model.capabilities.clone(),
            matches: model.matches.clone(),
            retired_on: model.retired_on.clone(),
            prices,
        }
    }

    fn read(self) -> Result<Model, FileError> {
        let mut model = Model::new(&self.name, self.kind);
        for rates in self.prices {
            let Rates { source, conditions, per_million, per_unit } = rates;
            let per_million = per_million.iter().map(|(meter, text)| (*meter, Rate::parse_per_million(text)));
            let per_unit = per_unit.iter().map(|(meter, text)| (*meter, Rate::parse_per_unit(text)));
            for (meter, rate) in per_million.chain(per_unit) {
                let rate = rate.map_err(|reason| FileError::Rate { model: self.name.clone(), reason })?;
                model.prices.push(Price { meter, rate, conditions: conditions.clone(), source });
            }
        }
        model.sort_prices();
        model.context_window = self.context_window;
        model.max_output_tokens = self.max_output_tokens;
        model.capabilities = self.capabilities;
        model.matches = self.matches;
        model.retired_on = self.retired_on;
        Ok(model)
    }
}

/// Whether providers print the price of a million of it, and not of one.
fn is_quoted_per_million(meter: Meter) -> bool {
    matches!(meter.group(), MeterGroup::Input | MeterGroup::Output)
        || matches!(meter, Meter::InputCharacters | Meter::InputAudioMilliseconds | Meter::OutputAudioMilliseconds)
}

/// The decimal text of a rate per single unit, without trailing zeros.
fn per_unit(rate: Rate) -> String {
    const FEMTOS: i64 = 1_000_000_000_000_000;
    let (whole, fraction) = (rate.femtos() / FEMTOS, rate.femtos() % FEMTOS);
    format!("{whole}.{fraction:015}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"provider":"acme","models":[
{"name":"a","type":"image","prices":[{"source":"provider","per_unit":{"output_images":"0.04"}}]},
{"name":"a-\"1\"","type":"llm","context_window":{"litellm":200000},"capabilities":["tools","reasoning"],"match":{"starts_with":"a-1-"},"retired_on":"2027-01-01","prices":[{"source":"litellm","per_million":{"input_tokens":"0.4","output_tokens":"1.6"},"per_unit":{"web_searches":"0.01"}},{"source":"genai-prices","when":{"above_input_tokens":200000},"per_million":{"input_tokens":"0.8"}}]}
]}
"#;

    #[test]
    fn a_file_read_and_written_is_the_same_text() {
        assert_eq!(render("acme", &parse(FILE).unwrap()).unwrap(), FILE);
    }

    #[test]
    fn one_model_is_read_without_the_others() {
        let file = FILE.replace(r#""type":"image""#, r#""type":"not read""#);
        let check = |name: &str, expected: Option<usize>| {
            let found = find(&file, name).unwrap();
            assert_eq!(found.map(|model| model.prices.len()), expected, "{name}");
        };
        check("a-\"1\"", Some(4));
        check("a-1", None);
        check("acme", None);
        assert!(find(&file, "a").is_err());
        assert!(parse(&file).is_err());
    }

    #[test]
    fn an_inexact_rate_is_refused() {
        let file = FILE.replace("\"0.04\"", "\"0.0400000000000000001\"");
        assert!(parse(&file).unwrap_err().to_string().starts_with("model a: "));
    }
}

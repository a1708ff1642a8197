mod succession;

use glaux_kernel::{ModelId, PriceRuleId, Rate, Rng, Timestamp};
use glaux_llm::{Conditions, Meter};
use glaux_platform_kit::find_by_id;
use glaux_routing::document::PriceRule;
use glaux_store::OrgRead;
use glaux_web::{FieldError, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use succession::{bring_back, find_overlaps, succeed};

use crate::{Model, Provider};

/// What `llm::price::rate` asks of a model.
#[derive(Debug, Clone)]
pub struct ModelPrices {
    /// What it charges and, as far as it is known, charged before.
    pub rules: Vec<glaux_llm::PriceRule>,
    /// The region of its provider, where it has one.
    pub region: Option<String>,
}

/// The prices of a model, as the transaction finds them. `None`: there is no such model any more.
pub async fn find_prices(tx: &mut OrgRead, model: ModelId) -> Result<Option<ModelPrices>, Problem> {
    let Some(model) = find_by_id::<Model>(tx, model).await? else { return Ok(None) };
    let provider = find_by_id::<Provider>(tx, model.state.provider).await?;
    let rule = |rule: PriceRule| glaux_llm::PriceRule {
        id: rule.id,
        meter: rule.meter,
        rate: rule.rate,
        conditions: rule.conditions,
    };
    let rules = model.state.prices.into_iter().map(rule).collect();
    Ok(Some(ModelPrices { rules, region: provider.and_then(|provider| provider.state.region) }))
}

/// A rate for a meter: per million units, or per single unit.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Price)]
pub(crate) struct PriceInput {
    /// `input_tokens`, `cached_input_tokens`, `output_tokens`, `calls`…
    #[schema(value_type = String, example = "input_tokens")]
    meter: Meter,
    /// Dollars per million units, a decimal number.
    #[schema(example = "0.40")]
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_per_million: Option<String>,
    /// Dollars per unit, a decimal number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate_per_unit: Option<String>,
    /// When it applies; absent: always.
    #[serde(default)]
    #[schema(value_type = Object)]
    conditions: Conditions,
}

impl PriceInput {
    /// The rule, or what is wrong with it at place `index`.
    pub(crate) fn rule(self, index: usize, now: Timestamp, rng: &dyn Rng) -> Result<PriceRule, FieldError> {
        let rate = match (&self.rate_per_million, &self.rate_per_unit) {
            (Some(text), None) => Rate::parse_per_million(text),
            (None, Some(text)) => Rate::parse_per_unit(text),
            (None, None) | (Some(_), Some(_)) => {
                let detail = "give rate_per_million or rate_per_unit";
                return Err(FieldError::new(format!("/prices/{index}"), detail));
            }
        };
        let rate = rate.map_err(|error| FieldError::new(format!("/prices/{index}"), error.to_string()))?;
        Ok(PriceRule { id: PriceRuleId::new(now, rng), meter: self.meter, rate, conditions: self.conditions })
    }
}

impl From<&PriceRule> for PriceInput {
    fn from(rule: &PriceRule) -> Self {
        Self {
            meter: rule.meter,
            rate_per_million: Some(rule.rate.per_million()),
            rate_per_unit: None,
            conditions: rule.conditions.clone(),
        }
    }
}

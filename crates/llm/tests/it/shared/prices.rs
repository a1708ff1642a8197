//! Usage objects priced by an imported price list cost what another program says they cost.

use glaux_kernel::{Currency, Money, PriceRuleId, Rate, Timestamp};
use glaux_llm::{PriceRule, RatingContext, ServiceTier, extract, extract::Shape, price};
use glaux_platform_models::{
    catalogue::{Catalogue, Source},
    import::import,
};

use super::{
    read,
    usages::{Extractor, Sample},
};

/// When the expected prices were computed.
const AT: &str = "2026-08-21T12:00:00Z";

fn rules(catalogue: &Catalogue, provider: &str, model: &str) -> Option<Vec<PriceRule>> {
    let model = catalogue.providers.get(provider)?.find(model)?;
    let rule = |price: &glaux_platform_models::catalogue::Price| PriceRule {
        id: PriceRuleId::from_uuid(Default::default()),
        meter: price.meter,
        rate: price.rate,
        conditions: price.conditions.clone(),
    };
    Some(model.prices.iter().map(rule).collect())
}

fn context() -> RatingContext<'static> {
    let at: Timestamp = AT.parse().unwrap();
    RatingContext { at, service_tier: ServiceTier::Standard, region: None }
}

/// Input and output together, or the total where it is stated: it holds what is charged beside them.
fn expected(extractor: &Extractor) -> Option<Money> {
    let femtos = |text: &Option<String>| Rate::parse_per_unit(text.as_deref()?).ok().map(|rate| rate.times(1));
    let parts = Some(femtos(&extractor.input_price)? + femtos(&extractor.output_price)?);
    Some(Money::from_femtos(femtos(&extractor.total_price).or(parts)?, Currency::USD))
}

#[test]
fn every_object_costs_what_it_is_expected_to() {
    let (Some(list), Some(samples)) = (read("prices/genai_prices_v2.json.gz"), read("prices/usages_dev.json.gz"))
    else {
        return;
    };
    let catalogue = import(Source::GenaiPrices, std::str::from_utf8(&list).unwrap()).unwrap();
    let samples: Vec<Sample> = serde_json::from_slice(&samples).unwrap();
    let (mut priced, mut wrong) = (0, Vec::new());
    for sample in &samples {
        let Some((_, own)) = sample.own() else { continue };
        let Some(expected) = expected(own) else { continue };
        let model = sample.model();
        let Some(rules) = rules(&catalogue, &own.provider_id, &model) else {
            wrong.push(format!("{} has no {model}", own.provider_id));
            continue;
        };
        let shape = Shape::of_api(&own.provider_id, &own.api_flavor);
        let reported = extract::read(shape, sample.object()).unwrap();
        let rating = price::rate(&rules, &reported.usage, context());
        if rating.is_exact() && rating.cost == expected {
            priced += 1;
        } else {
            let (usage, text) = (reported.usage, sample.object().text());
            wrong.push(format!("{} {model}: {rating:?} is not {expected} for {usage:?} {text}", own.provider_id));
        }
    }
    assert!(wrong.is_empty(), "{priced} equal, {} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(priced, 646);
}

/// Why OpenRouter's bill differs from its list price: the model, and the reason.
const BILLED_OTHERWISE: &[(&str, &str)] = &[
    ("openai/gpt-4o-mini", "a web plugin was charged beside the tokens, which the usage does not count"),
    ("openai/gpt-5.1-codex-mini", "a web plugin was charged beside the tokens, which the usage does not count"),
    ("z-ai/glm-4.6", "the call was routed to a host with another price than the listed one"),
    ("qwen/qwen3-30b-a3b-instruct-2507", "the call was routed to a host with another price than the listed one"),
    ("openai/gpt-5-mini-2025-08-07", "the list knows the model without its date only"),
];

/// OpenRouter says what it charged: a check that no price list had a part in.
#[test]
fn the_bill_of_openrouter_agrees() {
    let (Some(list), Some(samples)) = (read("prices/genai_prices_v2.json.gz"), read("prices/usages_dev.json.gz"))
    else {
        return;
    };
    let catalogue = import(Source::GenaiPrices, std::str::from_utf8(&list).unwrap()).unwrap();
    let samples: Vec<Sample> = serde_json::from_slice(&samples).unwrap();
    let mut equal = 0;
    for sample in &samples {
        let Some(reported) = extract::recognize(sample.object()) else { continue };
        let Some(billed) = reported.billed else { continue };
        let model = sample.model();
        let rating =
            rules(&catalogue, "openrouter", &model).map(|rules| price::rate(&rules, &reported.usage, context()));
        if rating.as_ref().is_some_and(|rating| rating.is_exact() && rating.cost == billed) {
            equal += 1;
        } else {
            let explained = BILLED_OTHERWISE.iter().any(|(known, _)| *known == model);
            assert!(explained, "{model}: billed {billed}, {rating:?} {}", sample.object().text());
        }
    }
    assert_eq!(equal, 15);
}

//! Real usage objects, with the prices that the genai-prices program computes for them from its own list.

use std::collections::BTreeMap;

use glaux_kernel::{Currency, Money, PriceRuleId, Rate};
use glaux_llm::{
    Meter, MeterGroup, PriceRule, Rating, RatingContext, ServiceTier,
    extract::{self, Reported, Shape},
    json::Node,
    price::rate,
};
use glaux_platform_models::{
    catalogue::{Catalogue, Model, Source},
    import::import,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::read;

/// By day, when DeepSeek charges its full price, and before the price changes of August.
const PRICED_AT: &str = "2026-07-15T12:00:00Z";

#[derive(Deserialize)]
struct Sample {
    body: BTreeMap<String, Box<RawValue>>,
    extracted: Vec<Extracted>,
    model: Option<String>,
}

#[derive(Deserialize)]
struct Extracted {
    extractors: Vec<Api>,
}

/// One API's reading of the object; priced where the list has the model for that provider.
#[derive(Deserialize)]
struct Api {
    provider_id: String,
    api_flavor: String,
    input_price: Option<String>,
    output_price: Option<String>,
}

impl Sample {
    fn object(&self) -> Node<'_> {
        let field = ["usage", "usageMetadata", "meta"].into_iter().find_map(|name| self.body.get(name)).unwrap();
        Node::parse(field.get().as_bytes()).unwrap()
    }

    fn apis(&self) -> impl Iterator<Item = &Api> {
        self.extracted.iter().flat_map(|group| &group.extractors)
    }
}

fn load() -> Option<(Vec<Sample>, Catalogue)> {
    let samples: Vec<Sample> = serde_json::from_str(&read("prices/usages_dev.json.gz")?).unwrap();
    assert_eq!(samples.len(), 812);
    Some((samples, import(Source::GenaiPrices, &read("prices/genai_prices_v2.json.gz")?).unwrap()))
}

fn find<'a>(catalogue: &'a Catalogue, provider: &str, model: &str) -> Option<&'a Model> {
    // The list's `fallback_model_providers`: whose models a provider also offers.
    let others: &[&str] = match provider {
        "azure" => &["openai", "anthropic"],
        "google" => &["anthropic"],
        _ => &[],
    };
    [provider].iter().chain(others).find_map(|provider| catalogue.providers.get(*provider)?.find(model))
}

fn price(model: &Model, reported: &Reported) -> Rating {
    let rules: Vec<PriceRule> =
        model.prices.iter().map(|price| price.clone().into_rule(PriceRuleId::from_uuid(Default::default()))).collect();
    let at = PRICED_AT.parse().unwrap();
    rate(&rules, &reported.usage, RatingContext { at, service_tier: ServiceTier::Standard, region: None })
}

/// Femto-dollars of a group.
fn sum(rating: &Rating, group: MeterGroup) -> i128 {
    let lines = rating.lines.iter().filter(|line| line.meter.group() == group);
    lines.map(|line| line.rate.times(line.quantity)).sum()
}

/// How our price compares with the list's, or why not.
fn compare(catalogue: &Catalogue, sample: &Sample, api: &Api) -> Option<Result<&'static str, String>> {
    let (input, output) = (api.input_price.as_deref()?, api.output_price.as_deref()?);
    let femtos = |text: &str| i128::from(Rate::parse_per_unit(text).unwrap().femtos());
    let (provider, flavor, name) = (api.provider_id.as_str(), api.api_flavor.as_str(), sample.model.as_deref()?);
    let model = find(catalogue, provider, name)?;
    let Some(reported) = extract::read(Shape::of_api(provider, flavor), sample.object()) else {
        return Some(Err(format!("{provider}/{flavor} reads nothing")));
    };
    let rating = price(model, &reported);
    let found = (sum(&rating, MeterGroup::Input), sum(&rating, MeterGroup::Output));
    Some(if found == (femtos(input), femtos(output)) {
        Ok(if rating.unpriced.is_some() { "equal, with tools that the list does not price" } else { "equal" })
    } else if flavor == "embeddings" && reported.usage.total(MeterGroup::Output) > 0 && femtos(output) == 0 {
        Ok("a chat's object, read as an embedding's")
    } else if provider == "azure" && reported.usage.get(Meter::CacheWriteTokens) > 0 {
        Ok("the list's reading for Azure knows no cache writes")
    } else {
        Err(format!("{provider}/{flavor} {name}: {found:?} is not {input}, {output}; {:?}", reported.usage))
    })
}

#[test]
fn every_object_costs_what_the_list_says() {
    let Some((samples, catalogue)) = load() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut priced, mut in_list) = (0, 0);
    for sample in &samples {
        let outcomes: Vec<_> = sample.apis().filter_map(|api| compare(&catalogue, sample, api)).collect();
        in_list += usize::from(sample.apis().any(|api| api.input_price.is_some()));
        priced += usize::from(outcomes.contains(&Ok("equal")));
        for outcome in outcomes {
            match outcome {
                Ok(reason) => *counts.entry(reason).or_default() += 1,
                Err(difference) => wrong.push(difference),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    // These numbers may only grow.
    assert_eq!((priced, in_list), (665, 665), "objects priced, of those that the list prices");
    let expected = [
        ("equal", 1598),
        ("equal, with tools that the list does not price", 2),
        ("a chat's object, read as an embedding's", 192),
        ("the list's reading for Azure knows no cache writes", 2),
    ];
    assert_eq!(counts, expected.into_iter().collect());
}

/// OpenRouter says what a call cost: a check that does not come from the list's own program.
#[test]
fn openrouter_charges_what_its_list_says() {
    let Some((samples, catalogue)) = load() else { return };
    let (mut equal, mut differ) = (0, Vec::new());
    for sample in &samples {
        let object = sample.object();
        let amount = |node: Node<'_>| Money::parse(node.text().trim_matches('"'), Currency::USD).unwrap();
        let Some(charged) = object.some("cost").map(amount) else { continue };
        // Of a call with the customer's own key it charges nothing and says what the upstream charges.
        let upstream = || object.some("cost_details")?.some("upstream_inference_cost").map(amount);
        let is_own_key = object.some("is_byok").is_some_and(|own| own.text() == "true");
        let charged = if is_own_key { upstream().unwrap() } else { charged };
        let name = sample.model.as_deref().unwrap();
        let reported = extract::read(Shape::OpenAi, object).unwrap();
        match find(&catalogue, "openrouter", name).map(|model| price(model, &reported).cost) {
            Some(cost) if cost == charged => equal += 1,
            Some(cost) => differ.push(format!("{name} {} of {}", cost.amount(), charged.amount())),
            None => differ.push(format!("{name} of {}", charged.amount())),
        }
    }
    let expected = [
        // One search by a server tool, which its usage object does not price.
        "openai/gpt-4o-mini 0.000176400 of 0.016061400",
        // 0.002 beside what the same object says of prompt and completion.
        "openai/gpt-5.1-codex-mini 0.000167750 of 0.002167750",
        // Served by a dearer upstream than the one in the list.
        "z-ai/glm-4.6 0.000010360 of 0.000014000",
        // Not in the list.
        "openai/gpt-5-mini-2025-08-07 of 0.000342250",
        // Served by a dearer upstream than the one in the list.
        "qwen/qwen3-30b-a3b-instruct-2507 0.000021204 of 0.000040000",
    ];
    assert_eq!((equal, differ), (15, expected.map(str::to_owned).into()));
}

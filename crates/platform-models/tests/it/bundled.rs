use std::collections::BTreeSet;

use glaux_kernel::PriceRuleId;
use glaux_llm::{Meter, RatingContext, ServiceTier, Usage, price::rate};
use glaux_platform_models::{
    bundled,
    catalogue::{Disagreement, Source, file},
};

#[test]
fn every_line_about_a_disagreement_is_read() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/catalog/findings.txt")).unwrap();
    let unread = text.lines().filter(|line| Disagreement::parse(line).is_none()).collect::<Vec<_>>();
    assert_eq!(unread, [""; 0]);
    for found in bundled::disagreements(None) {
        let (kept, field) = (found.kept.map(|(kept, source)| format!("{source} says {kept}")), found.field);
        let words = match (kept, field) {
            (Some(kept), Some(field)) => format!("{field}: {}, but {kept}", found.value),
            _ => "every price is zero: free or not known".to_owned(),
        };
        let line = format!("{} {}/{}: {words}", found.source, found.provider, found.model);
        assert!(text.contains(&line), "{line}");
    }
}

#[test]
fn it_is_large_and_every_figure_names_an_edition_of_its_source() {
    let editions: BTreeSet<Source> =
        bundled::stamps().unwrap().iter().map(|stamp| stamp.source).chain([Source::Provider]).collect();
    let providers = bundled::providers().unwrap();
    let (mut models, mut priced) = (0, 0);
    for entry in &providers {
        let list = bundled::models(&entry.name).unwrap();
        assert!(list.iter().next().is_some(), "{} has no models", entry.name);
        for model in list.iter() {
            models += 1;
            priced += usize::from(!model.prices.is_empty());
            let figures = [model.context_window, model.max_output_tokens];
            let sources = figures.iter().flatten().map(|figure| figure.source);
            for source in sources.chain(model.prices.iter().map(|price| price.source)) {
                assert!(editions.contains(&source), "{}/{}: {source}", entry.name, model.name);
            }
        }
    }
    assert!(providers.len() >= 25 && priced >= 1_500, "{} providers, {priced} of {models} priced", providers.len());
}

#[test]
fn every_file_is_in_its_canonical_form() {
    for entry in bundled::providers().unwrap() {
        let text = bundled::text(&entry.name).unwrap_or_else(|| panic!("{} has no file", entry.name));
        assert!(file::render(&entry.name, &file::parse(text).unwrap()).unwrap() == text, "{}.json", entry.name);
    }
}

#[test]
fn a_model_is_found_by_name_or_by_its_rule() {
    let check = |provider: &str, name: &str, expected: Option<&str>| {
        let found = bundled::find(provider, name).unwrap();
        assert_eq!(found.as_ref().map(|model| &*model.name), expected, "{provider}/{name}");
    };
    check("openai", "gpt-4.1-mini", Some("gpt-4.1-mini"));
    check("anthropic", "claude-sonnet-4-5-20991231", Some("claude-sonnet-4-5"));
    check("openai", "no-such-model", None);
    check("no-such-provider", "gpt-4.1-mini", None);
}

#[test]
fn a_known_call_costs_what_the_provider_publishes() {
    // OpenAI's price page: gpt-4.1-mini 0.40 / 0.10 / 1.60 USD per million. Google's: 1.50 USD per 1,000 images.
    let check = |provider: &str, name: &str, usage: Usage, expected: &str| {
        let model = bundled::find(provider, name).unwrap().unwrap();
        let rules: Vec<_> = model
            .prices
            .iter()
            .map(|price| price.clone().into_rule(PriceRuleId::from_uuid(Default::default())))
            .collect();
        let at = "2026-11-21T00:00:00Z".parse().unwrap();
        let rating = rate(&rules, &usage, RatingContext { at, service_tier: ServiceTier::Standard, region: None });
        assert_eq!((rating.cost.amount().as_str(), rating.unpriced), (expected, None), "{provider}/{name}");
    };
    let tokens = Usage::default()
        .with(Meter::InputTokens, 1_000_000)
        .with(Meter::CachedInputTokens, 1_000_000)
        .with(Meter::OutputTokens, 1_000_000);
    check("openai", "gpt-4.1-mini", tokens, "2.100000000");
    check("google-vision", "images:annotate", Usage::default().with(Meter::VisionLabels, 1_000), "1.500000000");
}

use glaux_llm::Meter;
use glaux_platform_models::catalogue::{Catalogue, Model, Source};
use glaux_platform_models::import::{detect, import};

mod genai_prices;
mod litellm;
mod models_dev;

fn model<'a>(catalogue: &'a Catalogue, provider: &str, name: &str) -> &'a Model {
    catalogue.providers[provider].get(name).unwrap_or_else(|| panic!("{provider}/{name}"))
}

/// The prices as `meter rate-per-million conditions`, the conditions as JSON without braces.
fn prices(model: &Model) -> Vec<String> {
    model
        .prices
        .iter()
        .map(|price| {
            let conditions = serde_json::to_string(&price.conditions).unwrap();
            let conditions = conditions.trim_matches(['{', '}']);
            format!("{} {} {conditions}", price.meter, price.rate.per_million()).trim_end().to_owned()
        })
        .collect()
}

fn findings(catalogue: &Catalogue) -> Vec<String> {
    catalogue.findings.iter().map(|finding| format!("{} {}", finding.model, finding.kind)).collect()
}

fn find_price(model: &Model, meter: Meter) -> Option<String> {
    model.prices.iter().find(|price| price.meter == meter).map(|price| price.rate.per_million())
}

#[test]
fn a_file_is_recognized_by_its_shape() {
    let check = |text: &str, expected: Option<Source>| assert_eq!(detect(text), expected, "{text}");
    check(r#"[{"id":"p","models":[]}]"#, Some(Source::GenaiPrices));
    check(r#"{"m":{"litellm_provider":"p"}}"#, Some(Source::Litellm));
    check(r#"{"p":{"m":{"cost":{}}}}"#, Some(Source::ModelsDev));
    check("hello", None);
}

#[test]
fn what_is_no_such_file_is_refused_with_its_place() {
    for source in [Source::Litellm, Source::GenaiPrices, Source::ModelsDev] {
        let error = import(source, "{\"a\":\n 1").unwrap_err().to_string();
        assert!(error.contains(source.as_str()) && error.contains("line"), "{error}");
    }
    assert!(import(Source::Provider, "{}").is_err());
}

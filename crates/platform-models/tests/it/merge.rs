use glaux_platform_models::{
    catalogue::{
        Model, ProviderEntry, Source, Stamp, file,
        merge::{Edition, Merged, merge},
    },
    import::import,
};

fn edition(source: Source, date: &str, text: &str) -> Edition {
    let stamp = Stamp { source, revision: "1".into(), date: date.into(), url: "".into(), licence: "MIT".into() };
    Edition { stamp, catalogue: import(source, text).unwrap() }
}

fn merged() -> Merged {
    let entry: ProviderEntry = serde_json::from_str(
        r#"{"name":"acme","display_name":"Acme","kind":"openai",
            "sources":{"litellm":["acme"],"genai-prices":["acme-ai"],"models.dev":["acme"]}}"#,
    )
    .unwrap();
    let litellm = r#"{
      "agreed":{"litellm_provider":"acme","mode":"chat","max_input_tokens":100,"input_cost_per_token":1e-06,"output_cost_per_token":2e-06},
      "disputed":{"litellm_provider":"acme","mode":"chat","max_input_tokens":100,"input_cost_per_token":1e-06,"input_cost_per_token_batches":5e-07},
      "dated":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":1e-06},
      "unknown":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":0.0,"output_cost_per_token":0.0},
      "x:free":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":0.0},
      "picture":{"litellm_provider":"acme","mode":"image_generation","output_cost_per_image":0.04}}"#;
    let genai_prices = r#"[{"id":"acme-ai","models":[
      {"id":"agreed","match":{"or":[{"equals":"agreed"},{"starts_with":"agreed-"}]},"prices":{"input_mtok":1,"cache_read_mtok":0.1,"web_searches_kcount":10}},
      {"id":"dated","match":{"equals":"dated"},"prices":[{"prices":{"input_mtok":3}},{"constraint":{"start_date":"2026-03-01"},"prices":{"input_mtok":1}}]}]}]"#;
    let models_dev = r#"{"acme":{
      "disputed":{"tool_call":true,"cost":{"input":1.5,"output":4},"limit":{"context":200,"output":50}},
      "picture":{"cost":{"input":5,"output":40},"modalities":{"output":["image"]}},
      "agreed-2":{"cost":{"input":1}}}}"#;
    let editions = [
        edition(Source::ModelsDev, "2026-02-01", models_dev),
        edition(Source::Litellm, "2026-06-01", litellm),
        edition(Source::GenaiPrices, "2026-05-01", genai_prices),
    ];
    merge(&[entry], &editions)
}

fn check(name: &str, expected: &[&str]) {
    let merged = merged();
    let model = merged.providers[0].1.get(name).unwrap();
    assert_eq!(prices(model), expected, "{name}");
}

/// `source meter rate conditions`.
fn prices(model: &Model) -> Vec<String> {
    let describe = |conditions: &glaux_llm::Conditions| {
        let text = serde_json::to_string(conditions).unwrap();
        text.trim_matches(['{', '}']).replace("T00:00:00.000000Z", "").replace('"', "")
    };
    let lines = model.prices.iter().map(|price| {
        let rate = price.rate.per_million();
        format!("{} {} {rate} {}", price.source, price.meter, describe(&price.conditions)).trim_end().to_owned()
    });
    lines.collect()
}

#[test]
fn the_most_trusted_source_is_followed_and_others_add_what_it_leaves_out() {
    check(
        "agreed",
        &[
            "litellm input_tokens 1",
            "genai-prices cached_input_tokens 0.1",
            "litellm output_tokens 2",
            "genai-prices web_searches 10000",
        ],
    );
    check(
        "disputed",
        &["litellm input_tokens 1", "models.dev output_tokens 4", "litellm input_tokens 0.5 service_tier:batch"],
    );
}

#[test]
fn dates_are_taken_from_whoever_agrees_on_todays_rate() {
    check(
        "dated",
        &[
            "genai-prices input_tokens 3 effective_until:2026-03-01",
            "genai-prices input_tokens 1 effective_from:2026-03-01",
        ],
    );
}

#[test]
fn zero_is_a_price_only_of_what_is_called_free() {
    check("unknown", &[]);
    check("x:free", &["litellm input_tokens 0"]);
}

#[test]
fn one_charge_is_not_stated_in_two_ways() {
    check("picture", &["litellm output_images 40000"]);
}

#[test]
fn a_name_that_only_a_rule_covers_is_priced_by_it() {
    check(
        "agreed-2",
        &["genai-prices input_tokens 1", "genai-prices cached_input_tokens 0.1", "genai-prices web_searches 10000"],
    );
    let merged = merged();
    assert_eq!(merged.providers[0].1.find("AGREED-3").map(|model| &*model.name), Some("agreed"));
}

#[test]
fn disagreement_is_a_finding() {
    let findings: Vec<String> = merged().findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        findings,
        [
            "models.dev acme/disputed: context_window: 200, but litellm says 100",
            "models.dev acme/disputed: input_tokens: 1.5, but litellm says 1",
            "litellm acme/unknown: every price is zero: free or not known",
        ]
    );
}

#[test]
fn what_is_merged_survives_its_file() {
    let models = &merged().providers[0].1;
    assert_eq!(file::parse(&file::render("acme", models).unwrap()).unwrap(), *models);
}

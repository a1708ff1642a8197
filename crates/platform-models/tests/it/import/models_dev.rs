use glaux_platform_models::catalogue::{Capability, ModelType};

use super::*;

const FILE: &str = r#"{
 "acme":{"id":"acme","models":{
  "chat":{"name":"Chat","tool_call":true,"reasoning":true,"cost":{"input":0.4,"output":"1.600","cache_read":"0.1","cache_write":0.5,
     "input_audio":1,"output_audio":2,"reasoning":3,"context_over_200k":{"input":0.8,"output":3.2},"request":5},
     "limit":{"context":1047576,"output":32768},"modalities":{"input":["text","image","pdf"],"output":["text"]},
     "experimental":{"modes":{"fast":{"cost":{"input":0.9},"provider":{"body":{"service_tier":"priority"}}},
                              "turbo":{"cost":{"input":9},"provider":{"body":{"speed":"fast"}}}}}},
  "film":{"modalities":{"input":["text"],"output":["video"]}}}},
 "reseller":{
  "acme/chat":{"base_model":"acme/chat","base_model_omit":["reasoning"],"cost":{"input":"0.5","output":"2","tiers":[
      {"tier":{"type":"context","size":32000},"input":"1"},{"tier":{"type":"time","size":1},"input":"7"}]}},
  "text-embedding-x":{"base_model":"nobody/nothing","cost":{"input":"0.02"},"modalities":{"input":["text"],"output":["text"]}},
  "hear":{"modalities":{"input":["audio"],"output":["text"]}}}
}"#;

#[test]
fn costs_become_prices() {
    let catalogue = import(Source::ModelsDev, FILE).unwrap();
    assert_eq!(
        prices(model(&catalogue, "acme", "chat")),
        [
            "input_tokens 0.4",
            "cached_input_tokens 0.1",
            "cache_write_tokens 0.5",
            "input_audio_tokens 1",
            "output_tokens 1.6",
            "reasoning_tokens 3",
            "output_audio_tokens 2",
            r#"input_tokens 0.8 "above_input_tokens":200000"#,
            r#"output_tokens 3.2 "above_input_tokens":200000"#,
            r#"input_tokens 0.9 "service_tier":"priority""#,
        ]
    );
    assert_eq!(
        prices(model(&catalogue, "reseller", "acme/chat")),
        ["input_tokens 0.5", "output_tokens 2", r#"input_tokens 1 "above_input_tokens":32000"#]
    );
}

#[test]
fn a_description_is_inherited_and_a_cost_is_not() {
    let catalogue = import(Source::ModelsDev, FILE).unwrap();
    let chat = model(&catalogue, "reseller", "acme/chat");
    assert_eq!(chat.context_window.map(|figure| figure.value), Some(1_047_576));
    assert_eq!(chat.max_output_tokens.map(|figure| figure.value), Some(32_768));
    let expected = [Capability::Tools, Capability::ImageInput, Capability::DocumentInput];
    assert_eq!(chat.capabilities, expected.into_iter().collect());
    assert_eq!(find_price(chat, Meter::CachedInputTokens), None);
}

#[test]
fn types_follow_from_media_and_name() {
    let catalogue = import(Source::ModelsDev, FILE).unwrap();
    assert_eq!(model(&catalogue, "reseller", "text-embedding-x").kind, ModelType::Embedding);
    assert_eq!(model(&catalogue, "reseller", "hear").kind, ModelType::Audio);
    assert!(catalogue.providers["acme"].get("film").is_none());
}

#[test]
fn what_does_not_fit_is_a_finding() {
    let catalogue = import(Source::ModelsDev, FILE).unwrap();
    let found = findings(&catalogue);
    let check = |part: &str| assert!(found.iter().any(|finding| finding.contains(part)), "{part}: {found:#?}");
    check("chat no meter or condition expresses `cost.request` = 5");
    check("chat no meter or condition expresses `experimental.modes.turbo`");
    check("film models of type `video` are not served");
    check("acme/chat no meter or condition expresses `cost.tiers`");
    check("text-embedding-x the base model `nobody/nothing` is not in the source");
    assert_eq!(found.len(), 5);
}

use glaux_platform_models::catalogue::{Capability, ModelType};

use super::*;

const FILE: &str = r#"{
 "sample_spec":{"litellm_provider":"one of …","mode":"one of …","input_cost_per_token":0.0},
 "chat-1":{"litellm_provider":"acme","mode":"chat","max_input_tokens":200000,"max_output_tokens":8192.0,
   "input_cost_per_token":3e-06,"output_cost_per_token":1.5e-05,"cache_read_input_token_cost":3e-07,"cache_creation_input_token_cost":3.75e-06,
   "cache_creation_input_token_cost_above_1hr":6e-06,"input_cost_per_token_above_200k_tokens":6e-06,
   "cache_creation_input_token_cost_above_1hr_above_200k_tokens":1.2e-05,"cache_creation_input_token_cost_above_12hr":9e-06,
   "input_cost_per_token_batches":1.5e-06,"output_cost_per_token_flex":7e-06,"input_cost_per_token_above_200k_tokens_priority":9e-06,
   "input_cost_per_token_ultrafast":1e-05,"output_cost_per_pixel":0.0,
   "search_context_cost_per_query":{"search_context_size_low":0.01,"search_context_size_medium":0.01,"search_context_size_high":0.01},
   "provider_specific_entry":{"us":1.1,"fast":6,"schema":"x"},"supports_function_calling":true,"supports_vision":true,
   "supports_web_search":false,"deprecation_date":"2027-04-14"},
 "acme/chat-2":{"litellm_provider":"acme","mode":"chat","tiered_pricing":[
    {"range":[0,32000.0],"input_cost_per_token":1e-06,"output_cost_per_token":2e-06},
    {"range":[32000.0,128000],"input_cost_per_token":2e-06,"output_cost_per_token":4e-06}]},
 "acme/chat-3":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":2e-06,"input_cost_per_token_cache_hit":3e-07,
    "off_peak_pricing":{"input_cost_per_token":1e-06,"windows":[{"hours_utc":"16:30-00:30"}]}},
 "acme/chat-4":{"litellm_provider":"acme","mode":"chat","input_cost_per_token":1.6666666666666667e-06,
    "off_peak_pricing":{"input_cost_per_token":1e-06,"windows":[{"hours_utc":"00:00-12:00","weekdays":[6,7]}]}},
 "azure/m":{"litellm_provider":"azure","mode":"chat","input_cost_per_token":2.5e-06,"max_input_tokens":128000},
 "azure/eu/m":{"litellm_provider":"azure","mode":"chat","input_cost_per_token":2.75e-06,"max_input_tokens":1},
 "picture":{"litellm_provider":"acme","mode":"image_generation","input_cost_per_image":0.04},
 "picture-by-token":{"litellm_provider":"acme","mode":"image_generation","output_cost_per_image":0.04,"output_cost_per_image_token":3e-05},
 "hd/1024-x-1024/picture":{"litellm_provider":"acme","mode":"image_generation","input_cost_per_image":0.08},
 "hear":{"litellm_provider":"acme","mode":"audio_transcription","input_cost_per_second":0.0001,"output_cost_per_second":0.0001},
 "speak":{"litellm_provider":"acme","mode":"audio_speech","input_cost_per_character":1.5e-05},
 "order":{"litellm_provider":"acme","mode":"rerank","input_cost_per_query":0.002},
 "embed":{"litellm_provider":"acme","mode":"embedding","input_cost_per_token":8e-07,"input_cost_per_image":6e-05},
 "film":{"litellm_provider":"acme","mode":"video_generation","output_cost_per_second":0.1},
 "nobody":{"mode":"chat"}
}"#;

#[test]
fn fields_and_their_suffixes_become_meters_and_conditions() {
    let catalogue = import(Source::Litellm, FILE).unwrap();
    let chat = model(&catalogue, "acme", "chat-1");
    let without_region: Vec<String> = prices(chat).into_iter().filter(|price| !price.contains("region")).collect();
    assert_eq!(
        without_region,
        [
            "input_tokens 3",
            "cached_input_tokens 0.3",
            "cache_write_tokens 3.75",
            "cache_write_1h_tokens 6",
            "output_tokens 15",
            "web_searches 10000",
            r#"input_tokens 6 "above_input_tokens":200000"#,
            r#"cache_write_1h_tokens 12 "above_input_tokens":200000"#,
            r#"input_tokens 1.5 "service_tier":"batch""#,
            r#"output_tokens 7 "service_tier":"flex""#,
            r#"input_tokens 9 "above_input_tokens":200000,"service_tier":"priority""#,
        ]
    );
    assert_eq!(chat.max_output_tokens.map(|figure| figure.value), Some(8192));
    assert_eq!(chat.capabilities, [Capability::Tools, Capability::ImageInput].into_iter().collect());
    assert_eq!(chat.retired_on.as_deref(), Some("2027-04-14"));
}

#[test]
fn a_regional_factor_multiplies_every_token_rate_exactly() {
    let catalogue = import(Source::Litellm, FILE).unwrap();
    let regional: Vec<String> =
        prices(model(&catalogue, "acme", "chat-1")).into_iter().filter(|price| price.contains("region")).collect();
    assert_eq!(regional.len(), 10);
    assert!(regional.contains(&r#"cached_input_tokens 0.33 "region":"us""#.to_owned()), "{regional:#?}");
    assert!(
        regional.contains(
            &r#"input_tokens 9.9 "above_input_tokens":200000,"service_tier":"priority","region":"us""#.to_owned()
        ),
        "{regional:#?}"
    );
}

#[test]
fn tiers_and_windows_become_conditions() {
    let catalogue = import(Source::Litellm, FILE).unwrap();
    let check = |name: &str, expected: &[&str]| assert_eq!(prices(model(&catalogue, "acme", name)), expected, "{name}");
    check(
        "chat-2",
        &[
            "input_tokens 1",
            "output_tokens 2",
            r#"input_tokens 2 "above_input_tokens":32000"#,
            r#"output_tokens 4 "above_input_tokens":32000"#,
        ],
    );
    check("chat-3", &["input_tokens 2", "cached_input_tokens 0.3", r#"input_tokens 1 "minutes_of_day":[990,30]"#]);
    check("chat-4", &["input_tokens 1.666666667"]);
}

#[test]
fn entries_of_one_model_in_several_regions_are_one_model() {
    let catalogue = import(Source::Litellm, FILE).unwrap();
    let m = model(&catalogue, "azure", "m");
    assert_eq!(prices(m), ["input_tokens 2.5", r#"input_tokens 2.75 "region":"eu""#]);
    assert_eq!(m.context_window.map(|figure| figure.value), Some(128_000));
}

#[test]
fn other_media_are_charged_by_their_measure() {
    let catalogue = import(Source::Litellm, FILE).unwrap();
    let check = |name: &str, kind: ModelType, expected: &[&str]| {
        let model = model(&catalogue, "acme", name);
        assert_eq!((model.kind, prices(model)), (kind, expected.iter().map(|&it| it.to_owned()).collect()), "{name}");
    };
    check("picture", ModelType::Image, &["output_images 40000"]);
    check("picture-by-token", ModelType::Image, &["output_image_tokens 30"]);
    check("hear", ModelType::Audio, &["input_audio_milliseconds 0.1"]);
    check("speak", ModelType::Audio, &["input_characters 15"]);
    check("order", ModelType::Rerank, &["search_units 2000"]);
    check("embed", ModelType::Embedding, &["input_tokens 0.8", "input_images 60"]);
}

#[test]
fn what_does_not_fit_is_a_finding() {
    let catalogue = import(Source::Litellm, FILE).unwrap();
    let found = findings(&catalogue);
    let check = |part: &str| assert!(found.iter().any(|finding| finding.contains(part)), "{part}: {found:#?}");
    check("chat-1 no meter or condition expresses `cache_creation_input_token_cost_above_12hr` = 9e-06");
    check("chat-1 no meter or condition expresses `input_cost_per_token_ultrafast` = 1e-05");
    check("chat-1 no meter or condition expresses `provider_specific_entry.fast` = 6");
    check("acme/chat-4 `input_cost_per_token` = 1.6666666666666667e-06 was rounded to 1.666666667 per million");
    check("acme/chat-4 no meter or condition expresses `off_peak_pricing`");
    check("hd/1024-x-1024/picture no meter or condition expresses `input_cost_per_image of 1024-x-1024` = 0.08");
    check("picture-by-token `output_images` = 40000 states a charge that tokens carry");
    check("hear no meter or condition expresses `output_cost_per_second` = 0.0001");
    check("film models of type `video_generation` are not served");
    check("nobody `litellm_provider` has the wrong form");
    assert_eq!(found.len(), 10);
}

//! Configurations from LiteLLM's documentation.

use std::collections::BTreeMap;

use glaux_platform_models::litellm_proxy::{ConvertError, PlatformFile, convert};
use serde::Deserialize;

use super::read;

#[derive(Deserialize)]
struct Block {
    file: String,
    block: u32,
    yaml: String,
    /// Whether PyYAML reads it.
    parses: bool,
}

#[test]
fn every_configuration_is_converted_or_refused_with_its_place() {
    let Some(text) = read("peer_configs/litellm_docs_config_blocks.jsonl.gz") else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = |what: &'static str, number: usize| *counts.entry(what).or_default() += number;
    let mut wrong = Vec::new();
    for line in text.lines() {
        let block: Block = serde_json::from_str(line).unwrap();
        match convert(&block.yaml) {
            Ok(conversion) => {
                count("converted", 1);
                let PlatformFile { providers, models, aliases, features, .. } = &conversion.file;
                count("providers", providers.len());
                count("models", models.len());
                count("names", aliases.len() + features.len());
                count("gaps", conversion.gaps.len());
                let text = conversion.to_toml().unwrap();
                assert_eq!(toml::from_str::<PlatformFile>(&text).unwrap(), conversion.file, "{text}");
            }
            Err(error) => {
                let kind = match &error {
                    ConvertError::Yaml(_) => "not YAML",
                    ConvertError::Shape(_) => "no mapping",
                    ConvertError::Form { .. } => "wrong form",
                    ConvertError::Toml(_) => "not writable",
                };
                count(kind, 1);
                if block.parses {
                    wrong.push(format!("{} {}: {error}", block.file, block.block));
                }
            }
        }
    }
    let expected = [
        ("converted", 473),
        ("providers", 358),
        ("models", 379),
        ("names", 365),
        ("gaps", 664),
        ("not YAML", 22),
        ("no mapping", 1),
    ];
    assert_eq!(counts, expected.into_iter().collect());
    // PyYAML takes the last of two equal keys, and a bracket that is not indented; YAML 1.2 allows neither.
    let stricter = [
        "docs/proxy/forward_client_headers.md 4: not YAML: duplicated key in mapping at byte 149 line 6 column 1",
        "docs/realtime.md 3: not YAML: duplicated key in mapping at byte 85 line 4 column 3",
        "docs/secret_managers/aws_secret_manager.md 3: not YAML: invalid indentation at byte 178 line 7 column 5",
    ];
    assert_eq!(wrong, stricter);
}

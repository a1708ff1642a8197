//! Configurations from LiteLLM's documentation, converted and applied.

use std::collections::BTreeMap;

use glaux_platform_models::litellm_proxy::convert;
use glaux_testkit::{database::TestDatabase, shared::read_packed};
use serde_json::Value;

use super::{APPLY, json_of, start};

/// What is converted can be applied, or says at which place it can't.
#[tokio::test]
async fn every_converted_configuration_is_applied_or_refused_with_its_place() {
    let Some(text) = read_packed("peer_configs/litellm_docs_config_blocks.jsonl.gz") else { return };
    let management = start(TestDatabase::sqlite().await).await;
    let admin = management.admin();
    let (mut applied, mut refused) = (0, BTreeMap::<String, usize>::new());
    for line in text.lines() {
        let block: Value = serde_json::from_str(line).unwrap();
        let Ok(conversion) = convert(block["yaml"].as_str().unwrap()) else { continue };
        let toml = conversion.to_toml().unwrap();
        let file = json_of(&expanded(&toml));
        let answer = admin.post(&format!("{APPLY}?dry_run=true"), file).await;
        if answer.status.is_success() {
            applied += 1;
            continue;
        }
        let problem: Value = serde_json::from_str(&answer.text).unwrap();
        for error in problem["errors"].as_array().expect("a refusal names places") {
            let place: String = error["pointer"].as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "0");
            let detail = error["detail"].as_str().unwrap();
            *refused.entry(format!("{place}: {detail}")).or_default() += 1;
        }
    }
    let expected = [
        ("/providers/0/base_url: `<model-api-base>` is no http or https URL", 1),
        ("/providers/0/base_url: `<your-azure-endpoint>` is no http or https URL", 1),
        (
            "/providers/0/base_url: `https://openai-prod-test.openai.azure.com/openai/deployments/o1/chat/completions\
             ?api-version=2025-01-01-preview` is no http or https URL",
            1,
        ),
        (
            "/providers/0/base_url: `https://your-endpoint.cognitiveservices.azure.com/openai/deployments/model-router/\
             chat/completions?api-version=2025-01-01-preview` is no http or https URL",
            2,
        ),
        (
            "/providers/0/base_url: credentials go over https, or over http to a private address or a name without a \
             point",
            1,
        ),
        ("/providers/0/base_url: the address of no machine in particular is no provider; this machine is 127.0.0.1", 3),
    ];
    let expected = expected.map(|(place, count)| (place.to_owned(), count)).into_iter().collect();
    assert_eq!((applied, refused), (464, expected));
}

/// The command line puts in what the environment says; here every variable says an address or a part of one.
fn expanded(toml: &str) -> String {
    let mut text = toml.replace("base_url = \"${", "base_url = \"https://${");
    while let Some((before, rest)) = text.split_once("${") {
        let (_, after) = rest.split_once('}').expect("a reference is closed");
        text = format!("{before}provider.test{after}");
    }
    text
}

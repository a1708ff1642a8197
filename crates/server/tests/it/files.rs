//! Files on the command line: a LiteLLM configuration becomes a platform file, a platform file is applied.

use std::{fs, path::Path, process::Command};

use http::Method;
use serde_json::json;

use crate::process::{ADMIN_TOKEN, Glaux};

const LITELLM: &str = "
model_list:
  - model_name: gpt-4
    litellm_params:
      model: openai/gpt-4.1-mini
      api_base: os.environ/PROVIDER_URL
      api_key: os.environ/PROVIDER_KEY
litellm_settings:
  success_callback: [langfuse]
";

struct Ran {
    succeeded: bool,
    out: String,
    told: String,
}

/// Runs `glaux` with arguments, in an environment that knows the provider and the admin.
fn glaux(directory: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glaux"));
    command.args(arguments).env_clear().env("GLAUX_DATA_DIR", directory).env("GLAUX_ADMIN_TOKEN", ADMIN_TOKEN);
    command.env("PROVIDER_URL", "https://provider.test/v1").env("PROVIDER_KEY", "sk-of-the-provider");
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ran { succeeded: output.status.success(), out: text(&output.stdout), told: text(&output.stderr) }
}

#[tokio::test]
async fn a_litellm_configuration_is_imported_and_applied() {
    let directory = tempfile::tempdir().unwrap();
    let mut running = Glaux::start(directory.path(), None);
    let (config, file) = (directory.path().join("config.yaml"), directory.path().join("platform.toml"));
    let (config, file) = (config.to_str().unwrap(), file.to_str().unwrap());
    fs::write(config, LITELLM).unwrap();

    let imported = glaux(directory.path(), &["import", "litellm", config, "--output", file]);
    assert!(imported.succeeded, "{}", imported.told);
    assert!(imported.told.contains("litellm_settings.success_callback"), "{}", imported.told);
    assert!(!fs::read_to_string(file).unwrap().contains("sk-of-the-provider"));

    let url = format!("http://{}", running.address);
    let apply = |more: &[&str]| glaux(directory.path(), &[&["apply", file, "--url", &url], more].concat());
    let planned = apply(&["--dry-run"]);
    assert!(
        planned.out.contains("create alias gpt-4") && planned.out.contains("nothing was changed"),
        "{}",
        planned.out
    );
    assert!(planned.out.contains("\n4 changed, 0 as the file states already\n"), "{}", planned.out);
    assert_eq!(running.try_to_manage(Method::GET, "/aliases/gpt-4", "").await.unwrap().status, 404);

    let applied = apply(&["--reason", "moving house"]);
    assert!(applied.out.contains("\napplied; the last journal entry is "), "{}{}", applied.out, applied.told);
    let changes = |out: &str| out.split_once("changed, ").unwrap().0.to_owned();
    assert_eq!(changes(&applied.out), changes(&planned.out), "what was planned is what was done");
    let alias = running.manage(Method::GET, "/aliases/gpt-4", "").await;
    assert_eq!(alias["model"], "openai/gpt-4.1-mini");
    assert_eq!(
        running.manage(Method::GET, "/models/providers/openai", "").await["base_url"],
        "https://provider.test/v1"
    );
    let journal = running.manage(Method::GET, "/journal?limit=1", "").await;
    assert_eq!(journal["items"][0]["reason"], "moving house");
    let again = "0 changed, 4 as the file states already\neverything is as the file states already\n";
    assert_eq!(apply(&[]).out, again);
    let more = format!(
        "{}\n[[aliases]]\nname = \"gpt\"\nmodel = \"openai/gpt-4.1-mini\"\n",
        fs::read_to_string(file).unwrap()
    );
    fs::write(file, more).unwrap();
    let added = apply(&[]).out;
    assert!(added.starts_with("create alias gpt\n1 changed, 4 as the file states already\napplied; "), "{added}");

    for (content, said) in [
        ("[[models]]\nprovider = \"nobody\"\nname = \"m\"\ntype = \"llm\"", "/models/0/provider"),
        ("[[models]]\nprice = 1", "/models/0"),
        ("models = 3", "/models"),
        ("not toml", "is no TOML"),
        ("[[providers]]\nname = \"${ABSENT}\"\nkind = \"openai\"", "no variable ABSENT"),
    ] {
        fs::write(file, content).unwrap();
        let refused = apply(&[]);
        assert!(
            !refused.succeeded && format!("{}{}", refused.out, refused.told).contains(said),
            "{content}: {}",
            refused.told
        );
    }
    running.stop();
}

#[test]
fn the_catalogue_is_made_from_the_lists_that_it_names() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("catalog");
    fs::create_dir(&folder).unwrap();
    let entry = json!([{ "name": "acme", "display_name": "Acme", "kind": "openai-compatible", "base_url": "https://acme.test/v1",
        "sources": { "litellm": ["acme"] } }]);
    let stamp = json!([{ "source": "litellm", "revision": "1", "date": "2026-11-01", "url": "u", "licence": "MIT" }]);
    fs::write(folder.join("providers.json"), entry.to_string()).unwrap();
    fs::write(folder.join("sources.json"), stamp.to_string()).unwrap();
    let list = json!({ "acme/owl": { "litellm_provider": "acme", "mode": "chat", "input_cost_per_token": 4e-7 } });
    let path = directory.path().join("list.json");
    fs::write(&path, list.to_string()).unwrap();
    let import = |list: &Path| {
        glaux(directory.path(), &["catalog", "import", list.to_str().unwrap(), "--catalog", folder.to_str().unwrap()])
    };

    let made = import(&path);
    assert!(made.out.starts_with("1 models of 1 providers"), "{}{}", made.out, made.told);
    let written = fs::read_to_string(folder.join("acme.json")).unwrap();
    assert!(written.contains(r#""input_tokens":"0.4""#) || written.contains(r#""input_tokens":"0.400"#), "{written}");

    let other = directory.path().join("other.json");
    fs::write(&other, "[]").unwrap();
    assert!(import(&other).told.contains("genai-prices, which sources.json does not name"));
    fs::write(&other, "{").unwrap();
    assert!(import(&other).told.contains("is no list of"));
}

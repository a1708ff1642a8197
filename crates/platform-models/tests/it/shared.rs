//! Runs on real files, which lie in the folder that `GLAUX_SHARED_DATA` names; without it they are counted as skipped.

use std::{fs::File, io::Read as _, path::PathBuf};

use glaux_platform_models::{
    catalogue::{Catalogue, Source},
    import::{detect, import},
};

fn read(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("GLAUX_SHARED_DATA") else {
        eprintln!("skipped: 1 file ({file}), GLAUX_SHARED_DATA is not set");
        return None;
    };
    let file = File::open(PathBuf::from(folder).join("prices").join(file)).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

fn check(file: &str, source: Source, providers: usize, models: usize, findings: &[(&str, usize)]) {
    let Some(text) = read(file) else { return };
    assert_eq!(detect(&text), Some(source), "{file}");
    let catalogue: Catalogue = import(source, &text).unwrap();
    assert_eq!((catalogue.providers.len(), catalogue.model_count()), (providers, models), "{file}");
    assert_eq!(catalogue.finding_counts(), findings.iter().copied().collect(), "{file}");
}

#[test]
fn litellm() {
    let findings =
        [("alternative", 67), ("conflict", 2), ("inexpressible", 1041), ("rounded", 75), ("unserved_type", 171)];
    check("litellm_1.109.1.json.gz", Source::Litellm, 128, 3758, &findings);
}

#[test]
fn models_dev() {
    let findings = [("inexpressible", 40), ("missing_base", 131), ("rounded", 145), ("unserved_type", 47)];
    check("models_dev_compiled.json.gz", Source::ModelsDev, 147, 5229, &findings);
}

#[test]
fn genai_prices() {
    check("genai_prices_v1.json.gz", Source::GenaiPrices, 34, 1442, &[("rounded", 7)]);
    check("genai_prices_v2.json.gz", Source::GenaiPrices, 36, 1466, &[("inexpressible", 2), ("rounded", 7)]);
}

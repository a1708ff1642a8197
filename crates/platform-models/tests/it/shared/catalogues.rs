//! The price lists as their projects publish them.

use std::{fs, path::Path};

use glaux_platform_models::{
    bundled,
    catalogue::{
        Catalogue, Source, Stamp,
        merge::{Edition, merge, render},
    },
    import::{detect, import},
};

use super::read;

fn check(file: &str, source: Source, providers: usize, models: usize, findings: &[(&str, usize)]) {
    let Some(text) = read(&format!("prices/{file}")) else { return };
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

/// The files of `data/catalog/` are what the importers make of the sources. With `GLAUX_UPDATE` they are written anew.
#[test]
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a test that also writes what it checks")]
fn the_bundled_catalogue_is_what_the_importers_make() {
    let files = [
        (Stamp::of(Source::Litellm, "1.109.1", "2026-11-12"), "litellm_1.109.1.json.gz"),
        (Stamp::of(Source::GenaiPrices, "47df840a", "2026-08-21"), "genai_prices_v2.json.gz"),
        (Stamp::of(Source::ModelsDev, "f3fc69229", "2026-07-02"), "models_dev_compiled.json.gz"),
    ];
    let editions = files.into_iter().map(|(stamp, file)| {
        let text = read(&format!("prices/{file}"))?;
        Some(Edition { catalogue: import(stamp.source, &text).unwrap(), stamp })
    });
    let Some(editions) = editions.collect::<Option<Vec<_>>>() else { return };
    let merged = merge(&bundled::providers().unwrap(), &editions);
    let texts = render(&merged, &editions).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/catalog");
    for (name, text) in texts {
        let path = folder.join(&name);
        if std::env::var_os("GLAUX_UPDATE").is_some() {
            fs::write(&path, text).unwrap();
            eprintln!("written: {name}");
        } else {
            assert!(fs::read_to_string(&path).unwrap() == text, "{name} is not what the importers make");
        }
    }
}

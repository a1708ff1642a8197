//! Lists the files of `data/catalog/` for `src/bundled.rs`, which embeds them.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

/// Files of the folder that are not the models of a provider.
const NOT_MODELS: [&str; 2] = ["providers", "sources"];

#[expect(clippy::disallowed_methods, reason = "Cargo passes folders in the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../data/catalog").canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().into_string().map_err(|name| format!("{} is not text", name.display()))?;
        names.extend(name.strip_suffix(".json").filter(|name| !NOT_MODELS.contains(name)).map(str::to_owned));
    }
    names.sort();
    let mut list = String::from("&[\n");
    for name in names {
        let path = folder.join(format!("{name}.json"));
        writeln!(list, "    ({name:?}, include_str!({path:?})),")?;
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("catalog.rs"), list)?;
    Ok(())
}

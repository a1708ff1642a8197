//! Lists the files of `console/dist` for `src/console/files.rs`, which embeds them. A debug build reads them when it
//! starts, so that a console that was built anew needs no new program.
//!
//! It never builds the console: without one, the program says on a page how it is made.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through the environment")]

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../console/dist");
    let source = match env::var("PROFILE").as_deref() {
        Ok("release") => {
            println!("cargo::rerun-if-changed={}", folder.display());
            embedded(&folder)?
        }
        _ => format!("Built {{ folder: Some({:?}), embedded: &[] }}", folder.display().to_string()),
    };
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("console.rs"), source)
}

fn embedded(folder: &Path) -> io::Result<String> {
    let mut paths = Vec::new();
    if folder.is_dir() {
        collect(&folder.canonicalize()?, &mut paths)?;
    }
    paths.sort();
    let mut list = String::from("Built { folder: None, embedded: &[\n");
    for (name, path) in paths {
        writeln!(list, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    list.push_str("] }\n");
    Ok(list)
}

/// The files below a folder, with their names relative to it. What begins with a dot is the builder's own.
fn collect(folder: &Path, paths: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match name.starts_with('.') {
                true => {}
                false if path.is_dir() => folders.push((format!("{prefix}{name}/"), path)),
                false => paths.push((format!("{prefix}{name}"), path)),
            }
        }
    }
    Ok(())
}

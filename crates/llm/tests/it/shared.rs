//! Runs on real files, which lie in the folder that `GLAUX_SHARED_DATA` names; without it they are counted as skipped.

mod cassettes;
mod fixtures;
mod prices;
mod recording;
mod security;
mod usages;

use std::{fs::File, io::Read as _, path::PathBuf};

/// A file of that folder, unpacked; `None`, and a line that says so, without the folder.
fn read(file: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("GLAUX_SHARED_DATA") else {
        eprintln!("skipped: 1 file ({file}), GLAUX_SHARED_DATA is not set");
        return None;
    };
    let mut packed = Vec::new();
    File::open(PathBuf::from(folder).join(file)).unwrap().read_to_end(&mut packed).unwrap();
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Some(packed);
    }
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&*packed).read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

/// The lines of a file of JSON lines.
fn lines<T: serde::de::DeserializeOwned>(file: &str) -> Option<Vec<T>> {
    let text = String::from_utf8(read(file)?).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

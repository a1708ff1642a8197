//! Runs on real files, which lie in the folder that `GLAUX_SHARED_DATA` names; without it they are counted as skipped.

mod catalogues;
mod litellm_configs;
mod pricing;

use std::{fs::File, io::Read as _, path::PathBuf};

/// A packed text of that folder; `None`, and a line that says so, without the folder.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "the one place that looks for the files")]
fn read(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("GLAUX_SHARED_DATA") else {
        eprintln!("skipped: 1 file ({file}), GLAUX_SHARED_DATA is not set");
        return None;
    };
    let file = File::open(PathBuf::from(folder).join(file)).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

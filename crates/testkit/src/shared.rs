//! Recorded public data, which lies in the folder that `GLAUX_SHARED_DATA` names and is no part of the repository.

use std::{fs::File, io::Read as _, path::PathBuf};

use crate::skip;

/// The text of a gzip file of that folder; `None`, and a line that says so, without the folder.
#[expect(clippy::disallowed_methods, reason = "the one place that looks for the folder")]
pub fn read_packed(file: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("GLAUX_SHARED_DATA") else {
        skip(&format!("{file} is not there, GLAUX_SHARED_DATA is not set"), 1);
        return None;
    };
    let file = File::open(PathBuf::from(folder).join(file)).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

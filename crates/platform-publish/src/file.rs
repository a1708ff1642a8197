use std::{fs, io, path::Path};

use glaux_routing::Document;

/// The document on disk, if there is one.
pub(crate) fn read(path: &Path) -> io::Result<Option<Document>> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces the document on disk: whoever reads sees the old one or the new one.
pub(crate) fn write(path: &Path, document: &Document) -> io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, serde_json::to_vec(document).map_err(io::Error::other)?)?;
    fs::rename(&beside, path)
}

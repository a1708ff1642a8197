use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use bytes::Bytes;

use super::file::File;

/// What the program was built with.
struct Built {
    /// Read at the start, if it is there: of a debug build.
    folder: Option<&'static str>,
    /// Names, and what they hold: of a release.
    embedded: &'static [(&'static str, &'static [u8])],
}

const BUILT: Built = include!(concat!(env!("OUT_DIR"), "/console.rs"));
const DOCUMENT: &str = "index.html";

/// The files of a console in memory, by their names. What is no name here can't be reached by any spelling.
pub(super) struct Files {
    files: BTreeMap<String, File>,
    document: Option<Bytes>,
}

impl Files {
    /// Those that were built with this program; none where there were none.
    pub(super) fn built() -> anyhow::Result<Self> {
        if let Some(folder) = BUILT.folder.map(Path::new).filter(|folder| folder.is_dir()) {
            return Self::read(folder);
        }
        Self::of(BUILT.embedded.iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from_static(bytes))))
    }

    /// Those below `folder`.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut found = Vec::new();
        collect(folder, "", &mut found).with_context(|| format!("can't read the console in {}", folder.display()))?;
        Self::of(found.into_iter())
    }

    /// What every page is.
    pub(super) fn take_document(&mut self) -> Option<Bytes> {
        self.document.take()
    }

    pub(super) fn find(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    fn of(found: impl Iterator<Item = (String, Bytes)>) -> anyhow::Result<Self> {
        let mut all: BTreeMap<String, Bytes> = found.collect();
        let document = all.remove(DOCUMENT);
        let is_compressed = |name: &str| {
            let of = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz"));
            of.is_some_and(|of| of == DOCUMENT || all.contains_key(of))
        };
        let mut files = BTreeMap::new();
        for (name, bytes) in all.iter().filter(|(name, _)| !is_compressed(name)) {
            let mut file = File::new(name, bytes.clone())?;
            file.brotli = all.get(&format!("{name}.br")).cloned();
            file.gzip = all.get(&format!("{name}.gz")).cloned();
            files.insert(name.clone(), file);
        }
        Ok(Self { files, document })
    }
}

/// As `build.rs` lists them: what begins with a dot is the builder's own.
fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, Bytes)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let name = format!("{prefix}{name}");
        match path.is_dir() {
            true => collect(&path, &format!("{name}/"), found)?,
            false => found.push((name, fs::read(&path)?.into())),
        }
    }
    Ok(())
}

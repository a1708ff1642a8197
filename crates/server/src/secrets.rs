//! Secrets that an installation makes for itself: files of the data directory that only their owner reads.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use anyhow::Context;
use glaux_kernel::{Rng, Secret};
use glaux_platform_kit::MasterKey;

/// The file of the admin's token.
const ADMIN_TOKEN: &str = "admin.token";

/// The text of a file, made by `generate` if it is not there. Says whether it was made now.
fn keep(path: &Path, generate: impl FnOnce() -> String) -> anyhow::Result<(Secret, Made)> {
    match fs::read_to_string(path) {
        Ok(text) => return Ok((Secret::new(text.trim().to_owned()), Made::Before)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("can't read {}", path.display())),
    }
    let text = generate();
    write_whole(path, &text).with_context(|| format!("can't write {}", path.display()))?;
    Ok((Secret::new(text), Made::Now))
}

/// Under its name a file is there whole or not at all, also where the disk is full; once this returns it is there after
/// a power cut, too: what the database holds from then on may be sealed with it.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_added_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    // The name is the directory's.
    path.parent().map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}

/// Lets nobody but the owner into the data directory: ledger and database hold what is nobody else's business.
pub(crate) fn close_to_others(directory: &Path) -> anyhow::Result<()> {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("can't close {} to others", directory.display()))
}

/// The admin's token, and whether the admin has seen it.
#[derive(Clone)]
pub(crate) enum AdminToken {
    /// By `GLAUX_ADMIN_TOKEN`.
    Given(Secret),
    /// At an earlier start.
    Kept(Secret, PathBuf),
    /// Now.
    New(Secret),
}

impl AdminToken {
    /// What it is.
    pub(crate) fn secret(&self) -> &Secret {
        match self {
            Self::Given(secret) | Self::Kept(secret, _) | Self::New(secret) => secret,
        }
    }
}

/// When a secret was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Before,
    Now,
}

/// The master key that was given, else that of the data directory.
pub(crate) fn master_key(given: Option<&Secret>, directory: &Path, rng: &dyn Rng) -> anyhow::Result<MasterKey> {
    if let Some(text) = given {
        return MasterKey::parse(text.expose()).context("GLAUX_MASTER_KEY is not valid");
    }
    let path = directory.join("master.key");
    let (text, made) = keep(&path, || MasterKey::generate(rng).to_hex().to_string())?;
    if made == Made::Now {
        tracing::warn!(
            path = %path.display(),
            "made a master key; without it stored credentials can't be read, and who has it can read them: keep it \
             safe, and out of backups of the data directory"
        );
    }
    MasterKey::parse(text.expose()).with_context(|| format!("{} is not valid", path.display()))
}

/// The admin's token that was given, else that of the data directory.
pub(crate) fn admin_token(given: Option<&Secret>, directory: &Path, rng: &dyn Rng) -> anyhow::Result<AdminToken> {
    if let Some(token) = given {
        return Ok(AdminToken::Given(token.clone()));
    }
    let generate = || {
        let mut bytes = [0; 24];
        rng.fill(&mut bytes);
        format!("glt_{}", hex::encode(bytes))
    };
    let path = directory.join(ADMIN_TOKEN);
    Ok(match keep(&path, generate)? {
        (token, Made::Now) => AdminToken::New(token),
        (token, Made::Before) => AdminToken::Kept(token, path),
    })
}

/// The same for whoever calls a Glaux that has been started before.
pub(crate) fn known_admin_token(given: Option<&Secret>, directory: &Path) -> anyhow::Result<Secret> {
    if let Some(token) = given {
        return Ok(token.clone());
    }
    let path = directory.join(ADMIN_TOKEN);
    let text = fs::read_to_string(&path)
        .with_context(|| format!("set GLAUX_ADMIN_TOKEN: it can't be read from {}", path.display()))?;
    Ok(Secret::new(text.trim().to_owned()))
}

//! Reads the capabilities, builds the snapshot, hands it to the gateways.
//!
//! - A document is read in one snapshot of the database together with the journal's position: it is exactly the state of
//!   that number.
//! - What can't be served is left out and reported; it never keeps the rest from being published.
//! - The last document lies on disk with its credentials still sealed: a gateway can start from it while the database is
//!   away.

mod document;
mod file;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use glaux_llm::Credentials;
use glaux_platform_kit::{Publisher, Vault, VaultError};
use glaux_routing::{Document, Snapshot, document as routing};
use glaux_store::Db;
use glaux_web::Problem;
use tokio::sync::Mutex;

/// How long a database may say nothing. Its own time-out for a statement is shorter.
const PATIENCE: Duration = Duration::from_secs(60);

/// Takes snapshots into force. Implemented by the composition root.
pub type Gateways = Arc<dyn Fn(Snapshot) + Send + Sync>;

/// Why nothing can be published at a start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be read.
    #[error(transparent)]
    Read(#[from] Problem),
    /// The last document on disk can't be read.
    #[error("the last configuration on disk can't be read")]
    File(#[from] std::io::Error),
    /// No stored credential could be used.
    #[error("the master key is not the one that the stored credentials need")]
    MasterKey(#[from] VaultError),
}

/// Puts the last document on disk into force, if there is one, and says its position: for a start while the database
/// is away.
pub fn restore(file: &Path, vault: &Vault, gateways: &Gateways) -> Result<Option<u64>, Error> {
    let Some(document) = file::read(file)? else { return Ok(None) };
    check_master_key(vault, &document)?;
    let seq = document.journal_seq;
    put_in_force(document, vault, gateways);
    Ok(Some(seq))
}

/// Keeps the local gateway at the journal's position.
pub struct Publication {
    db: Db,
    vault: Arc<Vault>,
    gateways: Gateways,
    /// Where the last document lies.
    file: PathBuf,
    /// The position in force; held while publishing, so that positions only rise.
    published: Mutex<Option<u64>>,
}

impl Publication {
    /// Nothing is published yet.
    pub fn new(db: Db, vault: Arc<Vault>, file: PathBuf, gateways: Gateways) -> Self {
        Self { db, vault, gateways, file, published: Mutex::new(None) }
    }

    /// Publishes the state of the database for the first time, unless its credentials need another master key.
    pub async fn begin(&self) -> Result<(), Error> {
        let mut published = self.published.lock().await;
        let Some(document) = document::read(&self.db, None).await? else { return Ok(()) };
        check_master_key(&self.vault, &document)?;
        self.publish_document(document, &mut published);
        Ok(())
    }

    /// Publishes the state of the database, if it is newer than what is in force.
    pub async fn catch_up(&self) -> Result<(), Problem> {
        let mut published = self.published.lock().await;
        let reading = tokio::time::timeout(PATIENCE, document::read(&self.db, *published));
        if let Some(document) = reading.await.map_err(Problem::unavailable)?? {
            self.publish_document(document, &mut published);
        }
        Ok(())
    }

    fn publish_document(&self, document: Document, published: &mut Option<u64>) {
        let seq = document.journal_seq;
        if let Err(error) = file::write(&self.file, &document) {
            tracing::warn!(%error, "the configuration can't be kept on disk; a start needs the database");
        }
        put_in_force(document, &self.vault, &self.gateways);
        *published = Some(seq);
    }
}

fn put_in_force(document: Document, vault: &Vault, gateways: &Gateways) {
    let seq = document.journal_seq;
    let (snapshot, findings) = Snapshot::build(document, |provider| open(vault, provider));
    for finding in findings {
        tracing::warn!(object = finding.object, problem = finding.problem, "an object can't be served");
    }
    gateways(snapshot);
    tracing::debug!(journal.seq = seq, "published");
}

/// One credential under another key is enough: keys are not mixed.
fn check_master_key(vault: &Vault, document: &Document) -> Result<(), VaultError> {
    for provider in &document.providers {
        if let (Some(secret), Some(sealed)) = (provider.secret, &provider.sealed_credentials)
            && let Err(error @ VaultError::OtherKey { .. }) = vault.open(provider.organization, secret, sealed)
        {
            return Err(error);
        }
    }
    Ok(())
}

#[async_trait]
impl Publisher for Publication {
    async fn publish(&self, seq: i64) {
        if let Err(problem) = self.catch_up().await {
            let cause = problem.cause().map(ToString::to_string).unwrap_or_default();
            tracing::error!(journal.seq = seq, error = cause, "a change is not published yet; it is tried again");
        }
    }
}

/// The credentials of a provider, opened where they are used.
fn open(vault: &Vault, provider: &routing::Provider) -> Result<Credentials, String> {
    let (Some(secret), Some(sealed)) = (provider.secret, &provider.sealed_credentials) else {
        return Ok(Credentials::None);
    };
    let region = provider.region.as_deref();
    glaux_platform_models::open_credentials(vault, provider.organization, secret, sealed, region)
}

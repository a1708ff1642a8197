//! Reads the capabilities, builds the snapshot, hands it to the gateways.
//!
//! - A document is read in one snapshot of the database together with the journal's position: it is exactly the state of
//!   that number.
//! - What can't be served is left out and reported; it never keeps the rest from being published.
//! - The last document lies on disk with its credentials still sealed: a gateway can start from it while the database is
//!   away.

mod document;
mod file;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use glaux_llm::Credentials;
use glaux_platform_kit::{Publisher, Vault};
use glaux_routing::{Document, Snapshot, document as routing};
use glaux_store::Db;
use glaux_web::Problem;
use tokio::sync::Mutex;

/// Takes snapshots into force. Implemented by the composition root.
pub type Gateways = Box<dyn Fn(Snapshot) + Send + Sync>;

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

    /// Publishes the last document on disk, if there is one: for a start while the database is away.
    pub async fn restore(&self) -> std::io::Result<bool> {
        let Some(document) = file::read(&self.file)? else { return Ok(false) };
        let mut published = self.published.lock().await;
        *published = Some(document.journal_seq);
        self.put_in_force(document);
        Ok(true)
    }

    /// Publishes the state of the database, if it is newer than what is in force.
    pub async fn catch_up(&self) -> Result<(), Problem> {
        let mut published = self.published.lock().await;
        let document = document::read(&self.db, *published).await?;
        let Some(document) = document else { return Ok(()) };
        let seq = document.journal_seq;
        if let Err(error) = file::write(&self.file, &document) {
            tracing::warn!(%error, "the configuration can't be kept on disk; a start needs the database");
        }
        self.put_in_force(document);
        *published = Some(seq);
        Ok(())
    }

    fn put_in_force(&self, document: Document) {
        let seq = document.journal_seq;
        let (snapshot, findings) = Snapshot::build(document, |provider| open(&self.vault, provider));
        for finding in findings {
            tracing::warn!(object = finding.object, problem = finding.problem, "an object can't be served");
        }
        (self.gateways)(snapshot);
        tracing::debug!(journal.seq = seq, "published");
    }
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

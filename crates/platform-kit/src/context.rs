use std::sync::Arc;

use async_trait::async_trait;
use glaux_kernel::{Clock, Rng};
use glaux_store::Db;
use glaux_web::live::Events;

use crate::Vault;

/// Brings the gateways up to a position of the journal.
#[async_trait]
pub trait Publisher: Send + Sync + 'static {
    /// Returns when the local gateway serves by the configuration of position `seq` or a later one.
    async fn publish(&self, seq: i64);
}

/// What handlers and services are given. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and keys come from.
    pub rng: Arc<dyn Rng>,
    /// Seals secrets.
    pub vault: Arc<Vault>,
    /// Brings the gateways up to date.
    pub publisher: Arc<dyn Publisher>,
    /// Tells those who watch.
    pub events: Events,
}

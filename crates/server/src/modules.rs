//! The capabilities, one line each.

use std::sync::Arc;

use glaux_platform_kit::{Module, Undo};
use glaux_platform_models::Probe;
use glaux_platform_operations::{History, Running};
use glaux_platform_spending::Balances;

/// What capabilities are shown of the serving path.
#[derive(Clone)]
pub(crate) struct ServingPath {
    pub(crate) balances: Arc<dyn Balances>,
    pub(crate) running: Arc<dyn Running>,
    pub(crate) probe: Arc<dyn Probe>,
    pub(crate) history: History,
}

/// Every capability of this binary.
pub(crate) fn modules(path: ServingPath) -> Vec<Module> {
    vec![
        glaux_platform_kit::journal_module(undoing()),
        glaux_platform_kit::live_module(),
        glaux_platform_identity::module(),
        glaux_platform_applications::module(),
        glaux_platform_models::module(),
        glaux_platform_models::probing_module(path.probe),
        glaux_platform_features::module(),
        glaux_platform_keys::module(),
        glaux_platform_spending::module(path.balances),
        glaux_platform_payloads::module(),
        glaux_platform_changes::module(),
        glaux_platform_operations::module(path.running, path.history),
    ]
}

/// The kinds of which single decisions can be taken back.
fn undoing() -> Vec<Arc<dyn Undo>> {
    [
        glaux_platform_identity::undoing(),
        glaux_platform_models::undoing(),
        glaux_platform_features::undoing(),
        glaux_platform_spending::undoing(),
    ]
    .concat()
}

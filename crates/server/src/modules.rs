//! The capabilities, one line each.

use std::sync::Arc;

use glaux_platform_kit::Module;
use glaux_platform_spending::Balances;

/// Every capability of this binary.
pub(crate) fn modules(balances: Arc<dyn Balances>) -> Vec<Module> {
    vec![
        glaux_platform_kit::journal_module(),
        glaux_platform_kit::live_module(),
        glaux_platform_identity::module(),
        glaux_platform_applications::module(),
        glaux_platform_models::module(),
        glaux_platform_features::module(),
        glaux_platform_keys::module(),
        glaux_platform_spending::module(balances),
    ]
}

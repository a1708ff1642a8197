//! How decisions about budgets are taken back.
//!
//! A budget that is there again goes on from what it had spent in the period; what was spent while it was gone is not
//! counted.

use std::sync::Arc;

use async_trait::async_trait;
use glaux_platform_kit::{Inverse, Object, Undo, Undoable, undo_of};
use glaux_store::OrgRead;
use glaux_web::Problem;

use crate::{Budget, routes::WRITE};

/// How decisions about this capability's objects are taken back.
pub fn undoing() -> Vec<Arc<dyn Undo>> {
    vec![undo_of::<Budget>()]
}

#[async_trait]
impl Undoable for Budget {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    async fn find_fault(_: &mut OrgRead, budget: &Object<Self>) -> Result<Option<String>, Problem> {
        let rules: Vec<_> = budget.state.check().into_iter().map(|error| error.detail).collect();
        Ok((!rules.is_empty()).then(|| rules.join("; ")))
    }
}

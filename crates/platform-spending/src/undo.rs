//! How decisions about budgets are taken back.
//!
//! A budget that is there again goes on from what it had spent in the period; what was spent while it was gone is not
//! counted.

use std::sync::Arc;

use async_trait::async_trait;
use glaux_platform_kit::{Inverse, Object, Undo, Undoable, find_by_id, undo_of};
use glaux_store::OrgRead;
use glaux_web::Problem;

use crate::{Budget, routes::WRITE, scope::find_unknown};

/// How decisions about this capability's objects are taken back.
pub fn undoing() -> Vec<Arc<dyn Undo>> {
    vec![undo_of::<Budget>()]
}

#[async_trait]
impl Undoable for Budget {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    async fn find_fault(tx: &mut OrgRead, budget: &Object<Self>) -> Result<Option<String>, Problem> {
        let mut errors = budget.state.check();
        // A budget that is there keeps its scope, whatever became of what that names.
        if find_by_id::<Self>(tx, budget.id).await?.is_none() {
            errors.extend(find_unknown(tx, &budget.state.scope).await?);
        }
        let rules: Vec<_> = errors.into_iter().map(|error| error.detail).collect();
        Ok((!rules.is_empty()).then(|| rules.join("; ")))
    }
}

use glaux_kernel::Permission;
use glaux_platform_features as features;
use glaux_platform_kit::Change;
use glaux_platform_models as models;
use glaux_platform_spending as spending;
use glaux_web::{Caller, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{FeatureEntry, PlatformFile};

/// How many objects of each kind the file states.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Stated {
    providers: usize,
    models: usize,
    aliases: usize,
    routing_policies: usize,
    features: usize,
    assignments: usize,
    budgets: usize,
}

impl PlatformFile {
    /// How many objects of each kind.
    pub(crate) fn count(&self) -> Stated {
        Stated {
            providers: self.providers.len(),
            models: self.models.len(),
            aliases: self.aliases.len(),
            routing_policies: self.routing_policies.len(),
            features: self.features.len(),
            assignments: self.features.iter().map(|entry| entry.assignments.len()).sum(),
            budgets: self.budgets.len(),
        }
    }

    /// Refuses a file that states what the caller may not change one by one.
    pub(crate) fn permit(&self, caller: &Caller) -> Result<(), Problem> {
        let needed = [
            (self.providers.is_empty(), Permission("providers.write")),
            (
                self.models.is_empty() && self.aliases.is_empty() && self.routing_policies.is_empty(),
                Permission("models.write"),
            ),
            (self.features.is_empty(), Permission("features.write")),
            (self.budgets.is_empty(), Permission("budgets.write")),
        ];
        needed.into_iter().filter(|(is_empty, _)| !is_empty).try_for_each(|(_, right)| caller.require(right))
    }
}

/// Makes everything so, in the order in which objects name each other. A problem names its place in the file.
pub(crate) async fn apply(change: &mut Change, file: PlatformFile) -> Result<(), Problem> {
    let PlatformFile { providers, models, aliases, routing_policies, features, budgets } = file;
    for (index, new) in providers.into_iter().enumerate() {
        models::put_provider(change, new).await.map_err(|problem| problem.within(&format!("/providers/{index}")))?;
    }
    for (index, new) in models.into_iter().enumerate() {
        models::put_model(change, new).await.map_err(|problem| problem.within(&format!("/models/{index}")))?;
    }
    for (index, new) in aliases.into_iter().enumerate() {
        models::put_alias(change, new).await.map_err(|problem| problem.within(&format!("/aliases/{index}")))?;
    }
    for (index, entry) in features.into_iter().enumerate() {
        put_feature(change, entry).await.map_err(|problem| problem.within(&format!("/features/{index}")))?;
    }
    for (index, new) in routing_policies.into_iter().enumerate() {
        let put = models::put_routing_policy(change, new).await;
        put.map_err(|problem| problem.within(&format!("/routing_policies/{index}")))?;
    }
    for (index, new) in budgets.into_iter().enumerate() {
        spending::put_budget(change, new).await.map_err(|problem| problem.within(&format!("/budgets/{index}")))?;
    }
    Ok(())
}

async fn put_feature(change: &mut Change, entry: FeatureEntry) -> Result<(), Problem> {
    let feature = features::put(change, entry.feature).await?;
    for (environment, new) in entry.assignments {
        let assigned = features::assign(change, &feature, environment, new).await;
        assigned.map_err(|problem| problem.within(&format!("/assignments/{environment}")))?;
    }
    Ok(())
}

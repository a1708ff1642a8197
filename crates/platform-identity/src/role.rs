use std::collections::BTreeSet;

use glaux_web::Grant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Role {
    /// Everything, in every organization.
    #[serde(rename = "platform_admin")]
    PlatformAdmin,
    /// Manages everything of the organization.
    #[serde(rename = "ai-admin")]
    AiAdmin,
    /// Manages features and what serves them.
    #[serde(rename = "ai-developer")]
    AiDeveloper,
    /// Reads configuration and figures.
    #[serde(rename = "ai-viewer")]
    AiViewer,
    /// Reads spending and sets budgets.
    #[serde(rename = "finance-manager")]
    FinanceManager,
}

/// What everyone who is signed in may do.
const EVERYONE: &[&str] = &["me.read", "events.read", "organization.read", "applications.read"];

const VIEWER: &[&str] = &["features.read", "models.read", "operations.read", "spending.read"];

const DEVELOPER: &[&str] =
    &["changesets.apply", "features.write", "keys.read", "usage.read", "journal.read", "journal.undo"];

const ADMIN: &[&str] = &[
    "budgets.write",
    "keys.write",
    "models.write",
    "organization.write",
    "payloads.erase",
    "payloads.read",
    "payloads.write",
    "providers.write",
    "tokens.read",
    "tokens.write",
    "usage.adjust",
];

const FINANCE: &[&str] =
    &["spending.read", "usage.read", "usage.adjust", "budgets.write", "features.read", "models.read", "keys.read"];

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 5] =
        [Self::PlatformAdmin, Self::AiAdmin, Self::AiDeveloper, Self::AiViewer, Self::FinanceManager];

    /// What it may do.
    pub fn grant(self) -> Grant {
        let sets: &[&[&str]] = match self {
            Self::PlatformAdmin => return Grant::Everything,
            Self::AiAdmin => &[EVERYONE, VIEWER, DEVELOPER, ADMIN],
            Self::AiDeveloper => &[EVERYONE, VIEWER, DEVELOPER],
            Self::AiViewer => &[EVERYONE, VIEWER],
            Self::FinanceManager => &[EVERYONE, FINANCE],
        };
        Grant::Only(sets.iter().copied().flatten().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>())
    }

    /// Whether one who has `grant` has everything that this role gives.
    pub(crate) fn is_within(self, grant: &Grant) -> bool {
        match (self.grant(), grant) {
            (_, Grant::Everything) => true,
            (Grant::Everything, Grant::Only(_)) => false,
            (Grant::Only(given), Grant::Only(own)) => given.is_subset(own),
        }
    }
}

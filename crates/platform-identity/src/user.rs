use glaux_kernel::UserId;
use glaux_platform_kit::Kind;
use serde::{Deserialize, Serialize};

use crate::Role;

/// A person.
pub struct User;

impl Kind for User {
    const KIND: &'static str = "user";
    const SCHEMA_VERSION: u32 = 1;
    type Id = UserId;
    type State = UserState;
}

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserState {
    /// For people.
    pub display_name: String,
    /// What the person may do.
    pub role: Role,
}

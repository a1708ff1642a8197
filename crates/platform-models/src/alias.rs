use glaux_kernel::AliasId;
use glaux_platform_kit::Kind;
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};

/// Another name for a model: what clients write, unless a feature has that name.
pub struct Alias;

impl Kind for Alias {
    const KIND: &'static str = "alias";
    const SCHEMA_VERSION: u32 = 1;
    type Id = AliasId;
    type State = AliasState;
}

/// What an alias stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasState {
    /// `provider/model`.
    pub model: String,
}

const MAX_NAME: usize = 128;

/// A name is visible ASCII, so that every client can write it.
pub(crate) fn check_name(name: &str) -> Option<FieldError> {
    let holds = !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(|byte| byte.is_ascii_graphic());
    (!holds).then(|| FieldError::new("/name", "a name has 1 to 128 visible ASCII characters and no space"))
}

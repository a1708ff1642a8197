use glaux_kernel::{CallId, Environment, FeatureId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is sealed of a call.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// As the client sent it, redacted; absent where it was no text.
    pub(crate) request: Option<KeptText>,
    /// As the client was answered, redacted; absent where it was no text.
    pub(crate) answer: Option<KeptText>,
}

/// A body, redacted.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptText {
    pub(crate) text: String,
    /// There was more than the policy keeps.
    pub(crate) is_cut: bool,
}

/// A payload before it is written.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) call: CallId,
    pub(crate) at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) feature: Option<FeatureId>,
    pub(crate) environment: Environment,
    pub(crate) user: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Which payloads are erased; several conditions must all hold.
#[derive(Debug, Default)]
pub(crate) struct Erasure {
    pub(crate) feature: Option<FeatureId>,
    pub(crate) user: Option<String>,
    pub(crate) before: Option<Timestamp>,
}

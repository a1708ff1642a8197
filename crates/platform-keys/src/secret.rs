use glaux_kernel::Secret;
use glaux_platform_kit::{Credential, digest};

use crate::KeySecret;

/// What is kept of a key's text.
pub(crate) fn keep(secret: &Secret) -> KeySecret {
    KeySecret { sha256: hex::encode(digest(secret)), shown: Credential::KEY.show(secret), until: None }
}

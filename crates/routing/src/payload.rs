//! What is kept of what calls say and are answered, and for how long.
//!
//! The gateway asks the policy first: where it keeps nothing, nothing is collected. What is collected goes to a
//! [`KeepPayload`], which never fails a call and never makes one wait.

use std::{sync::Arc, time::Duration};

use glaux_kernel::{CallId, Environment, FeatureId, OrganizationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Days where nobody has said otherwise, in development and staging.
const DEFAULT_DAYS: u32 = 7;
const DEFAULT_MAX_BYTES: u32 = 256 << 10;

/// How long the requests and answers of a feature are kept in an environment, and what is left out of them.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayloadPolicy {
    /// 0: nothing is kept.
    pub days: u32,
    /// Of the request and of the answer, each; what is longer is cut.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u32,
    /// Regular expressions: what they match is replaced, as addresses, card numbers and credentials always are.
    #[serde(default)]
    pub redact: Vec<String>,
}

fn default_max_bytes() -> u32 {
    DEFAULT_MAX_BYTES
}

impl PayloadPolicy {
    /// What holds until somebody says otherwise: nothing is kept in production.
    pub fn default_in(environment: Environment) -> Self {
        let days = match environment {
            Environment::Development | Environment::Staging => DEFAULT_DAYS,
            Environment::Production => 0,
        };
        Self { days, max_bytes: DEFAULT_MAX_BYTES, redact: Vec::new() }
    }

    /// Whether anything is kept.
    pub fn keeps(&self) -> bool {
        self.days > 0
    }

    /// When what was said at `at` is deleted.
    pub fn expires_at(&self, at: Timestamp) -> Timestamp {
        at.plus(Duration::from_secs(u64::from(self.days) * 24 * 3600))
    }
}

/// The beginning of a request or an answer, as long as the policy allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// As it was on the wire.
    pub bytes: Vec<u8>,
    /// There was more.
    pub is_cut: bool,
}

impl Excerpt {
    /// Adds the next piece, up to `max_bytes` in all.
    pub fn push(&mut self, piece: &[u8], max_bytes: u32) {
        let left = (max_bytes as usize).saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&piece[..piece.len().min(left)]);
        self.is_cut |= piece.len() > left;
    }
}

/// What a call said and was answered.
#[derive(Debug, Clone)]
pub struct Payload {
    /// The tenant.
    pub organization: OrganizationId,
    /// The call.
    pub call: CallId,
    /// When it came.
    pub at: Timestamp,
    /// What it is charged to.
    pub feature: Option<FeatureId>,
    /// Where its key belongs.
    pub environment: Environment,
    /// For whom, as the application names him.
    pub user: Option<String>,
    /// What is kept of it.
    pub policy: Arc<PayloadPolicy>,
    /// As the client sent it.
    pub request: Excerpt,
    /// As the client was answered.
    pub answer: Excerpt,
}

/// Takes payloads to where they are kept.
pub trait KeepPayload: Send + Sync + 'static {
    /// Returns at once. What can't be taken now is lost and counted.
    fn keep(&self, payload: Payload);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Snapshot, document};

    #[test]
    fn production_keeps_nothing_by_default() {
        let days = Environment::ALL.map(|environment| PayloadPolicy::default_in(environment).days);
        assert_eq!(days, [7, 7, 0]);
        assert!(!PayloadPolicy::default_in(Environment::Production).keeps());
        let at = Timestamp::from_micros(0);
        let end = PayloadPolicy::default_in(Environment::Staging).expires_at(at);
        assert_eq!(end.as_micros(), 7 * 24 * 3600 * 1_000_000);
    }

    #[test]
    fn what_is_stated_of_a_feature_is_served() {
        let organization: OrganizationId = "org_01890000000070008000000000000000".parse().unwrap();
        let stated = PayloadPolicy { days: 3, ..PayloadPolicy::default_in(Environment::Production) };
        let document = Document {
            organizations: vec![document::Organization { id: organization, time_zone: "UTC".to_owned() }],
            features: vec![document::Feature {
                organization,
                id: "feat_01890000000070008000000000000000".parse().unwrap(),
                name: "chatbot".to_owned(),
                status: document::FeatureStatus::Active,
                limits: Default::default(),
                user_limits: Default::default(),
                payloads: [(Environment::Production, stated)].into(),
                assignments: Vec::new(),
            }],
            ..Document::default()
        };
        let (snapshot, findings) = Snapshot::build(document, |_| Err(String::new()));
        assert_eq!(findings, []);
        let feature = &snapshot.organization(organization).unwrap().features["chatbot"];
        assert_eq!(Environment::ALL.map(|environment| feature.payloads(environment).days), [7, 7, 3]);
    }

    #[test]
    fn an_excerpt_ends_at_its_bound() {
        let mut excerpt = Excerpt::default();
        for (piece, bytes, is_cut) in
            [("ab", "ab", false), ("cd", "abcd", false), ("", "abcd", false), ("e", "abcd", true)]
        {
            excerpt.push(piece.as_bytes(), 4);
            assert_eq!((excerpt.bytes.as_slice(), excerpt.is_cut), (bytes.as_bytes(), is_cut));
        }
    }
}

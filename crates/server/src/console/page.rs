use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use glaux_gateway::Body;
use glaux_kernel::Rng;
use http::{HeaderName, HeaderValue, Response, header};

use super::{PROTECTION, file::short_hash};

/// What a program answers that was built without a console.
const NOT_BUILT: &str = include_str!("not_built.html");
/// Stands in a document where the nonce of an answer belongs.
const NONCE: &str = "__CSP_NONCE__";

/// The document that every page is.
pub(super) struct Page {
    /// Its text between the places where the nonce stands.
    pieces: Vec<String>,
    build: Option<HeaderValue>,
}

impl Page {
    pub(super) fn of(document: &Bytes) -> anyhow::Result<Self> {
        let text = str::from_utf8(document).context("the console's document is no UTF-8")?;
        let build = HeaderValue::try_from(short_hash(document))?;
        Ok(Self { build: Some(build), ..Self::cut(text) })
    }

    pub(super) fn not_built() -> Self {
        Self::cut(NOT_BUILT)
    }

    fn cut(text: &str) -> Self {
        Self { pieces: text.split(NONCE).map(str::to_owned).collect(), build: None }
    }

    /// What tells this build of the console from others.
    pub(super) fn build(&self) -> Option<&HeaderValue> {
        self.build.as_ref()
    }

    /// The document with a nonce that no other answer has, and the policy that allows it.
    pub(super) fn answer(&self, rng: &dyn Rng) -> Response<Body> {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        let nonce = STANDARD.encode(bytes);
        let mut response = Response::new(Body::from(Bytes::from(self.pieces.join(&nonce))));
        let headers = response.headers_mut();
        headers.extend(PROTECTION);
        headers.extend(FOR_DOCUMENTS);
        // Base64 is always a header's text.
        if let Ok(policy) = HeaderValue::try_from(policy(&nonce)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

const FOR_DOCUMENTS: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; \
         img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

//! What comes in: the key, the annotations, the body.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use glaux_kernel::{CallId, problem::Code};
use glaux_llm::{Dialect, Endpoint, Request, Wire};
use glaux_routing::{Key, KeyHash, Refusal, Snapshot};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header, request::Parts};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use crate::{Body, call::Call, names, respond};

/// The dated versions of the gateway's own headers and errors that are served.
const VERSIONS: [&str; 1] = ["2026-11-01"];
/// The longest value of an annotation.
const MAX_ANNOTATION: usize = 256;
pub(crate) const MAX_TAGS: usize = 32;
/// The longest name of a model, a feature or an alias.
const MAX_MODEL: usize = 512;
/// A body of which nothing came for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The secret of a key, from wherever the SDKs of the dialects put it.
pub(crate) fn key(headers: &HeaderMap) -> Result<&str, Refusal> {
    let bearer = text(headers, &header::AUTHORIZATION).and_then(|value| {
        value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).map(|_| value[7..].trim())
    });
    let found = bearer.or_else(|| text(headers, &names::API_KEY)).or_else(|| text(headers, &names::GOOGLE_API_KEY));
    found.filter(|secret| !secret.is_empty()).ok_or_else(|| {
        Refusal::new(
            Code::Unauthenticated,
            "No key was sent. Send one as `Authorization: Bearer glx_…`, `x-api-key` or `x-goog-api-key`.",
        )
    })
}

/// SHA-256: what a snapshot knows a key by.
pub(crate) fn hash_bytes(bytes: &[u8]) -> KeyHash {
    Sha256::digest(bytes).into()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What the application says of a call besides its body.
#[derive(Debug, Default)]
pub(crate) struct Annotations {
    pub(crate) feature: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

impl Annotations {
    /// Reads the `x-glaux-…` headers.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Refusal> {
        check_version(headers)?;
        Ok(Self {
            feature: annotation(headers, &names::FEATURE)?,
            user: annotation(headers, &names::USER)?,
            session: annotation(headers, &names::SESSION)?,
            tags: tags(headers)?,
        })
    }
}

fn check_version(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(&names::VERSION).map(|value| value.to_str()) {
        None => Ok(()),
        Some(Ok(version)) if VERSIONS.contains(&version) => Ok(()),
        Some(_) => {
            Err(Refusal::new(Code::InvalidRequest, format!("x-glaux-version must be one of {}.", VERSIONS.join(", "))))
        }
    }
}

fn annotation(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let valid = value.to_str().ok().filter(|text| !text.is_empty() && text.len() <= MAX_ANNOTATION);
    let invalid =
        || Refusal::new(Code::InvalidRequest, format!("{name} must be 1 to {MAX_ANNOTATION} visible characters."));
    valid.map(|text| Some(text.to_owned())).ok_or_else(invalid)
}

fn tags(headers: &HeaderMap) -> Result<Vec<(String, String)>, Refusal> {
    let invalid = || {
        Refusal::new(
            Code::InvalidRequest,
            format!("x-glaux-tags must be up to {MAX_TAGS} pairs `k=v`, with commas between."),
        )
    };
    let Some(value) = headers.get(&names::TAGS) else { return Ok(Vec::new()) };
    let pairs = value.to_str().map_err(|_| invalid())?.split(',');
    let tags: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or_else(invalid)?;
            let (name, value) = (name.trim(), value.trim());
            let fits = !name.is_empty() && name.len() <= MAX_ANNOTATION && value.len() <= MAX_ANNOTATION;
            fits.then(|| (name.to_owned(), value.to_owned())).ok_or_else(invalid)
        })
        .collect::<Result<_, _>>()?;
    if tags.len() > MAX_TAGS { Err(invalid()) } else { Ok(tags) }
}

/// Gemini frames a stream as one JSON array unless it is asked for events; only events are served.
pub(crate) fn check_framing(endpoint: &Endpoint<'_>, uri: &Uri) -> Result<(), Refusal> {
    let asks_for_events = || uri.query().unwrap_or_default().split('&').any(|pair| pair == "alt=sse");
    if endpoint.wire != Wire::GeminiGenerate || !endpoint.stream || asks_for_events() {
        return Ok(());
    }
    let advice = "Streams are served as server-sent events. Add `?alt=sse` to the path, as Google's SDKs do.";
    Err(Refusal { param: Some("alt".to_owned()), ..Refusal::new(Code::Unsupported, advice) })
}

/// Reads the body, no longer than is allowed, and what must be known of it.
pub(crate) async fn read(
    call: &Call,
    endpoint: &Endpoint<'_>,
    headers: &HeaderMap,
    body: impl http_body::Body<Data = Bytes> + Unpin,
) -> Result<Request, Refusal> {
    let most = call.gateway.config.max_request_bytes;
    let bytes = collect(body, most, PATIENCE).await?;
    let content_type = text(headers, &header::CONTENT_TYPE);
    let mut request = Request::read(endpoint, content_type, bytes).map_err(|error| Refusal {
        param: error.field().map(str::to_owned),
        ..Refusal::new(Code::InvalidRequest, error.to_string())
    })?;
    check_names(&request)?;
    request.read_headers(headers);
    request.answer_id = call.id.to_string().into();
    Ok(request)
}

/// What is kept with each record of the call is no longer than what a header may say.
fn check_names(request: &Request) -> Result<(), Refusal> {
    let too_long = |field: &str, most: usize| Refusal {
        param: Some(field.to_owned()),
        ..Refusal::new(Code::InvalidRequest, format!("`{field}` must be at most {most} bytes long."))
    };
    if request.model.len() > MAX_MODEL {
        return Err(too_long("model", MAX_MODEL));
    }
    if request.facts.user.as_ref().is_some_and(|user| user.len() > MAX_ANNOTATION) {
        let field = if request.wire.dialect() == Some(Dialect::Anthropic) { "metadata.user_id" } else { "user" };
        return Err(too_long(field, MAX_ANNOTATION));
    }
    Ok(())
}

/// As much of a text as an annotation holds.
pub(crate) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_ANNOTATION)]
}

async fn collect(
    mut body: impl http_body::Body<Data = Bytes> + Unpin,
    most: usize,
    patience: Duration,
) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::new(Code::PayloadTooLarge, format!("The body is longer than {most} bytes."));
    let broken = |_| Refusal::new(Code::InvalidRequest, "The body ended early or is not framed as its headers say.");
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let stalled =
        |_| Refusal::new(Code::InvalidRequest, format!("Nothing came of the body for {} s.", patience.as_secs()));
    while let Some(frame) = tokio::time::timeout(patience, body.frame()).await.map_err(stalled)? {
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if first.len() + rest.len() + data.len() > most {
            return Err(too_large());
        }
        // Most bodies come in one piece, which is then kept without a copy.
        match (first.is_empty(), rest.is_empty()) {
            (true, true) => first = data,
            (false, true) => {
                rest.reserve(first.len() + data.len());
                rest.extend_from_slice(&std::mem::take(&mut first));
                rest.extend_from_slice(&data);
            }
            (_, false) => rest.extend_from_slice(&data),
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}

/// The answer to a listing of models, or of one, in the dialect of its path.
pub(crate) fn list_models(
    listing: &glaux_llm::Route<'_>,
    parts: &Parts,
    snapshot: &Snapshot,
    key: &Key,
    id: CallId,
) -> Response<Body> {
    let names = snapshot.names(key);
    match glaux_llm::render_models(listing, &parts.headers, &names) {
        Some(body) => {
            let mut headers = respond::headers(id, snapshot.journal_seq, "");
            headers.remove(&names::MODEL);
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            respond::with(StatusCode::OK, headers, Bytes::from(body).into())
        }
        None => {
            let unknown = Refusal::new(Code::ModelNotFound, "There is no such model for this key.");
            respond::refuse(parts.uri.path(), id, &unknown)
        }
    }
}

/// Why a path or method is not served.
pub(crate) fn not_offered(parts: &Parts) -> Refusal {
    let path = parts.uri.path();
    if glaux_llm::route(&Method::POST, path).is_some() {
        return Refusal::new(Code::MethodNotAllowed, format!("{path} takes POST."));
    }
    Refusal::new(Code::NotFound, format!("There is nothing at {path}."))
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };

    use super::*;

    /// A body that never comes.
    struct Stalled;

    impl http_body::Body for Stalled {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let reading = collect(Stalled, 100, Duration::from_millis(10));
        let refusal = tokio::time::timeout(Duration::from_secs(60), reading).await.unwrap().unwrap_err();
        assert_eq!(refusal.code, Code::InvalidRequest);
    }
}

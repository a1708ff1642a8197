//! Entity tags: which state of an object a caller has seen.

use std::fmt;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use glaux_kernel::problem::Code;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Json, Problem};

/// A strong entity tag (RFC 9110, section 8.8.3): 96 bits of the SHA-256 of a state's canonical JSON (RFC 8785).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of this state.
    pub fn of(state: &impl Serialize) -> Result<Self, Problem> {
        let canonical = serde_json_canonicalizer::to_vec(state).map_err(Problem::internal)?;
        Ok(Self::of_bytes(&canonical))
    }

    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        Self(format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..12])))
    }

    /// As a header; none if the text can't be one.
    pub fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }

    /// A tag that was stored as text.
    pub(crate) fn from_text(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `If-Match` of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// No header: whatever is there.
    Anything,
    /// `*`: something.
    Something,
    /// One of these states.
    OneOf(Vec<Tag>),
}

impl Expected {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let texts: Vec<&str> = headers
            .get_all(header::IF_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        match texts.as_slice() {
            [] => Self::Anything,
            ["*"] => Self::Something,
            tags => Self::OneOf(tags.iter().map(|tag| Tag((*tag).to_owned())).collect()),
        }
    }

    /// Refuses the write if the object's state is another one than the caller has seen.
    ///
    /// # Errors
    /// `precondition_failed`.
    pub fn check(&self, current: Option<&Tag>) -> Result<(), Problem> {
        let met = match (self, current) {
            (Self::Anything, _) | (Self::Something, Some(_)) => true,
            (Self::OneOf(tags), Some(current)) => tags.contains(current),
            (_, None) => false,
        };
        if met {
            return Ok(());
        }
        Err(Problem::new(Code::PreconditionFailed, "the object is not in the state that If-Match names; read it again"))
    }
}

/// The answer to a read of one object, with the tag of its state.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// What is answered.
    pub body: T,
    /// The tag for `If-Match`.
    pub tag: Tag,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Some(value) = self.tag.header() {
            response.headers_mut().insert(header::ETAG, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tag_is_of_the_state_and_not_of_its_spelling() {
        let tag = Tag::of(&json!({"b": 1, "a": 2.0})).unwrap();
        assert_eq!(tag, Tag::of(&json!({"a": 2.0, "b": 1})).unwrap());
        assert_ne!(tag, Tag::of(&json!({"a": 2.5, "b": 1})).unwrap());
    }

    #[test]
    fn if_match() {
        let current = Tag("\"a\"".to_owned());
        let check = |header_value: Option<&'static str>, current: Option<&Tag>, passes: bool| {
            let mut headers = HeaderMap::new();
            if let Some(value) = header_value {
                headers.insert(header::IF_MATCH, HeaderValue::from_static(value));
            }
            assert_eq!(Expected::read(&headers).check(current).is_ok(), passes, "{header_value:?} {current:?}");
        };
        check(None, None, true);
        check(None, Some(&current), true);
        check(Some("*"), Some(&current), true);
        check(Some("*"), None, false);
        check(Some("\"b\", \"a\""), Some(&current), true);
        check(Some("\"b\""), Some(&current), false);
        check(Some("W/\"a\""), Some(&current), false);
        check(Some("\"a\""), None, false);
    }
}

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use glaux_kernel::problem::Code;
use serde::{Serialize, de::DeserializeOwned};
use serde_path_to_error::{Path, Segment};

use crate::Problem;

/// A JSON body: read with errors that name their place, written as it is.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !says_json(&request) {
            return Err(Problem::new(Code::InvalidRequest, "send the body as `content-type: application/json`"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|_| unread())?;
        read(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}

/// Reads a JSON document; the error names the line, and the place as a JSON pointer.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let detail = error.inner().to_string();
        Problem::malformed(pointer(error.path()), detail)
    })?;
    reader.end().map_err(|error| Problem::malformed("", error.to_string()))?;
    Ok(value)
}

fn says_json(request: &Request) -> bool {
    let declared = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = declared.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// A body that is over the limit, or whose sender went away.
pub(crate) fn unread() -> Problem {
    Problem::new(Code::PayloadTooLarge, "the body is larger than the management API reads, or ended early")
}

/// RFC 6901: `~` and `/` inside a name are written `~0` and `~1`.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the way there matters")]
    struct Outer {
        prices: Vec<Inner>,
        #[serde(default)]
        tags: BTreeMap<String, u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the way there matters")]
    struct Inner {
        meter: u32,
    }

    #[test]
    fn errors_name_their_place() {
        let check = |body: &str, place: &str, part: &str| {
            let problem = read::<Outer>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), Code::InvalidRequest);
            let [error] = problem.errors() else { panic!("{problem:?}") };
            assert_eq!(error.pointer, place, "{body}");
            assert!(error.detail.contains(part), "{body}: {}", error.detail);
        };
        check(r#"{"prices":[{"meter":1},{"meter":"x"}]}"#, "/prices/1/meter", "invalid type: string");
        check(r#"{"prices":[{}]}"#, "/prices/0", "missing field `meter`");
        check(r#"{"prices":[],"colour":1}"#, "/colour", "unknown field `colour`");
        check(r#"{"prices":[],"tags":{"a/b~c":256}}"#, "/tags/a~1b~0c", "invalid value");
        check(r#"{"prices":[]} {}"#, "", "trailing characters");
        check(r#"{"prices":["#, "/prices", "EOF");
        check("", "", "EOF");
        check("[]", "", "invalid");
    }
}

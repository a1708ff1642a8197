use bytes::Bytes;
use glaux_gateway::Body;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use sha2::{Digest, Sha256};

use super::{PROTECTION, encoding};

/// A file of the console, with what was compressed of it beforehand.
pub(super) struct File {
    pub(super) identity: Bytes,
    pub(super) brotli: Option<Bytes>,
    pub(super) gzip: Option<Bytes>,
    content_type: &'static str,
    freshness: Freshness,
}

/// How long a browser may keep a file.
enum Freshness {
    /// Its name holds a hash of its content.
    ForGood,
    /// It asks each time whether the tag is still right.
    Tagged(HeaderValue),
}

impl File {
    /// The file of this name.
    pub(super) fn new(name: &str, identity: Bytes) -> anyhow::Result<Self> {
        let freshness = match name.starts_with("assets/") {
            true => Freshness::ForGood,
            // Weak: the codings of one content share it.
            false => Freshness::Tagged(format!("W/\"{}\"", short_hash(&identity)).try_into()?),
        };
        Ok(Self { identity, brotli: None, gzip: None, content_type: content_type(name), freshness })
    }

    /// Whole, compressed as well as the client can read. Parts are not given (RFC 9110, section 14.2, allows that).
    pub(super) fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::from(Bytes::new()));
        let headers = response.headers_mut();
        headers.extend(PROTECTION);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let kept = match &self.freshness {
            Freshness::ForGood => "public, max-age=31536000, immutable",
            Freshness::Tagged(tag) => {
                headers.insert(header::ETAG, tag.clone());
                "no-cache"
            }
        };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        if matches!(&self.freshness, Freshness::Tagged(tag) if is_known(asked, tag)) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let (bytes, coding) = self.coded(asked);
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        *response.body_mut() = Body::from(bytes.clone());
        response
    }

    fn coded(&self, asked: &HeaderMap) -> (&Bytes, Option<&'static str>) {
        let compressed = [(&self.brotli, "br"), (&self.gzip, "gzip")];
        let mut taken = compressed.into_iter().filter(|(_, coding)| encoding::takes(asked, coding));
        let found = taken.find_map(|(bytes, coding)| bytes.as_ref().map(|bytes| (bytes, Some(coding))));
        found.unwrap_or((&self.identity, None))
    }
}

/// `If-None-Match` compares weakly (RFC 9110, section 13.1.2).
fn is_known(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let (Some(seen), Ok(tag)) = (asked.get(header::IF_NONE_MATCH), tag.to_str()) else { return false };
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    seen.to_str().is_ok_and(|seen| seen.split(',').any(|one| one.trim() == "*" || opaque(one) == opaque(tag)))
}

/// Enough of a hash to tell builds apart.
pub(super) fn short_hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

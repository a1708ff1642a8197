//! The defence against requests that another site makes in a signed-in browser.

use axum::http::{HeaderMap, Method, Uri, header};
use glaux_kernel::problem::Code;

use crate::Problem;

/// Refuses a request that a browser says was made by another site.
///
/// The algorithm of Go's `net/http.CrossOriginProtection` (1.25): reads pass; `Sec-Fetch-Site` decides where it is
/// sent (every browser since 2023); else the `Origin` must be the host that was asked. Without both it was no browser.
/// A WebSocket's upgrade counts as a write, for it is not bound by the same-origin policy.
pub(crate) fn refuse(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads && !headers.contains_key(header::UPGRADE) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let own = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => same_host(origin, text("host").unwrap_or_default()),
        (None, None) => true,
    };
    if own {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden, "another site made this request; send it from the console, or use a token"))
}

fn same_host(origin: &str, host: &str) -> bool {
    origin.parse::<Uri>().ok().and_then(|uri| uri.authority().map(|authority| authority.as_str() == host)) == Some(true)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_our_own_pages_write() {
        let check = |method: Method, pairs: &[(&'static str, &'static str)], passes: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(refuse(&method, &headers).is_ok(), passes, "{method} {pairs:?}");
        };
        let host = ("host", "glaux.example:8080");
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site")], true);
        check(Method::POST, &[host, ("sec-fetch-site", "cross-site")], false);
        check(Method::POST, &[host, ("sec-fetch-site", "same-site")], false);
        check(Method::POST, &[host, ("sec-fetch-site", "same-origin")], true);
        check(Method::POST, &[host, ("sec-fetch-site", "none")], true);
        check(Method::DELETE, &[host, ("origin", "https://glaux.example:8080")], true);
        check(Method::DELETE, &[host, ("origin", "https://evil.example")], false);
        check(Method::DELETE, &[host, ("origin", "null")], false);
        check(Method::PATCH, &[host], true);
        check(Method::GET, &[host, ("upgrade", "websocket"), ("origin", "https://evil.example")], false);
    }
}

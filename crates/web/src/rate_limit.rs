use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// How a quota stands, for `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The quota's name.
    pub policy: &'static str,
    /// Requests per window.
    pub quota: u32,
    /// The window's length.
    pub window: Duration,
    /// Requests left in it.
    pub remaining: u32,
    /// Until more are left.
    pub reset: Duration,
}

impl RateLimit {
    /// Sets the headers, and `Retry-After` when nothing is left.
    pub fn write(&self, headers: &mut HeaderMap) {
        let reset = self.reset.as_secs().max(1);
        let policy = format!("\"{}\";q={};w={}", self.policy, self.quota, self.window.as_secs());
        let standing = format!("\"{}\";r={};t={reset}", self.policy, self.remaining);
        for (name, text) in [("ratelimit-policy", policy), ("ratelimit", standing)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        if self.remaining == 0 {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(reset));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_follow_the_draft() {
        let mut headers = HeaderMap::new();
        let limit = RateLimit {
            policy: "sign-in",
            quota: 10,
            window: Duration::from_secs(60),
            remaining: 0,
            reset: Duration::from_millis(1500),
        };
        limit.write(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"sign-in\";q=10;w=60");
        assert_eq!(headers["ratelimit"], "\"sign-in\";r=0;t=1");
        assert_eq!(headers["retry-after"], "1");
    }
}

//! AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

use glaux_kernel::{Secret, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::Outbound;

/// Who signs, and for what.
pub(crate) struct Signer<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) secret_access_key: &'a Secret,
    pub(crate) session_token: Option<&'a Secret>,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

impl Signer<'_> {
    /// Adds `x-amz-date`, `x-amz-security-token` and `authorization`; signs these, the host and the content type.
    /// `None` if a credential can't be part of a header.
    pub(crate) fn sign(&self, outbound: &mut Outbound, now: Timestamp) -> Option<()> {
        let time = amz_date(now);
        outbound.headers.insert("x-amz-date", HeaderValue::try_from(&time).ok()?);
        if let Some(token) = self.session_token {
            let mut value = HeaderValue::try_from(token.expose()).ok()?;
            value.set_sensitive(true);
            outbound.headers.insert("x-amz-security-token", value);
        }
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in &outbound.headers {
            if name == header::CONTENT_TYPE || name.as_str().starts_with("x-amz-") {
                headers.push((name.as_str().to_owned(), value.to_str().ok()?.trim().to_owned()));
            }
        }
        headers.push(("host".to_owned(), outbound.uri.authority()?.as_str().to_owned()));
        headers.sort();
        let canonical = Canonical {
            method: outbound.method.as_str(),
            path: outbound.uri.path(),
            query: outbound.uri.query().unwrap_or(""),
            headers: &headers,
            body: &outbound.body,
        };
        let mut value = HeaderValue::try_from(self.authorization(&canonical, &time)).ok()?;
        value.set_sensitive(true);
        outbound.headers.insert(header::AUTHORIZATION, value);
        Some(())
    }

    fn authorization(&self, request: &Canonical<'_>, time: &str) -> String {
        let date = &time[..8];
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let hash = hex::encode(Sha256::digest(request.text()));
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hash}");
        let root = format!("AWS4{}", self.secret_access_key.expose());
        let key = [date, self.region, self.service, "aws4_request"]
            .iter()
            .fold(root.into_bytes(), |key, part| keyed_hash(&key, part.as_bytes()));
        let signature = hex::encode(keyed_hash(&key, to_sign.as_bytes()));
        let names = request.signed_headers();
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.access_key_id
        )
    }
}

/// What is signed.
struct Canonical<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    /// Lower-case names, in order.
    headers: &'a [(String, String)],
    body: &'a [u8],
}

impl Canonical<'_> {
    fn signed_headers(&self) -> String {
        self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
    }

    fn text(&self) -> String {
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let mut query: Vec<&str> = self.query.split('&').filter(|pair| !pair.is_empty()).collect();
        query.sort_unstable();
        let (path, query, names) = (encode_again(self.path), query.join("&"), self.signed_headers());
        let hash = hex::encode(Sha256::digest(self.body));
        format!("{}\n{path}\n{query}\n{headers}\n{names}\n{hash}", self.method)
    }
}

/// Every service but S3 signs the path with its escapes escaped once more.
fn encode_again(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn keyed_hash(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length; there is no error to handle.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// `20150830T123600Z`.
fn amz_date(now: Timestamp) -> String {
    let text = now.to_string();
    let digits: String = text.chars().take(19).filter(|char| !matches!(char, '-' | ':')).collect();
    digits + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases of AWS's published Signature Version 4 test suite (`aws-sig-v4-test-suite`): key AKIDEXAMPLE, service
    /// `service`, us-east-1, 2015-08-30T12:36:00Z.
    fn check(method: &str, path: &str, query: &str, headers: &[(&str, &str)], body: &str, signature: &str) {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned());
        let signer = Signer {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: &secret,
            session_token: None,
            region: "us-east-1",
            service: "service",
        };
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Canonical { method, path, query, headers: &headers, body: body.as_bytes() };
        let time = amz_date("2015-08-30T12:36:00Z".parse().unwrap());
        let authorization = signer.authorization(&request, &time);
        assert_eq!(authorization.split("Signature=").nth(1), Some(signature), "{method} {path}?{query}");
    }

    #[test]
    fn published_vectors_sign_as_published() {
        let host = ("host", "example.amazonaws.com");
        let date = ("x-amz-date", "20150830T123600Z");
        check("GET", "/", "", &[host, date], "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        check("POST", "/", "", &[host, date], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        check(
            "GET",
            "/",
            "Param2=value2&Param1=value1",
            &[host, date],
            "",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        );
        check(
            "POST",
            "/",
            "",
            &[("content-type", "application/x-www-form-urlencoded"), host, date],
            "Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        );
    }

    #[test]
    fn a_model_id_with_a_colon_is_escaped_twice() {
        assert_eq!(encode_again("/model/a%3A0/converse"), "/model/a%253A0/converse");
    }
}

//! The management API of a running Glaux, as the command line uses it: with the admin's token.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::Context;
use bytes::Bytes;
use glaux_kernel::Secret;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;

use crate::{secrets, serve, settings::Settings};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a Glaux is, and the token that it takes.
pub(crate) struct Management {
    base: String,
    token: Secret,
}

impl Management {
    /// The one at `url`; without, that of these settings.
    pub(crate) fn new(settings: &Settings, url: Option<&str>) -> anyhow::Result<Self> {
        let base = url.map_or_else(|| format!("http://{}", reachable(settings.server.listen)), str::to_owned);
        let token = secrets::known_admin_token(settings.server.admin_token.as_ref(), &settings.server.data_dir)?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), token })
    }

    /// Its address, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Posts `body` and waits for the answer.
    pub(crate) fn post(&self, path: &str, reason: Option<&str>, body: &Value) -> anyhow::Result<(StatusCode, Value)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(within(PATIENCE, &self.base, self.send(path, reason, body)))
    }

    async fn send(&self, path: &str, reason: Option<&str>, body: &Value) -> anyhow::Result<(StatusCode, Value)> {
        let base = &self.base;
        let uri: Uri = format!("{base}{path}").parse()?;
        let mut request = Request::post(&uri)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token.expose()))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(reason) = reason {
            request = request.header("x-glaux-reason", reason);
        }
        let request = request.body(Full::new(Bytes::from(serde_json::to_vec(body)?)))?;
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(serve::tls()?)
            .https_or_http()
            .enable_http1()
            .build();
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
        let response = client.request(request).await.with_context(|| format!("nothing answers at {base}"))?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        let answer = serde_json::from_slice(&bytes).with_context(|| format!("{base} answers {status} and no JSON"))?;
        Ok((status, answer))
    }
}

/// Where one who listens there is reached from this machine: all addresses of it are none to go to.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn within<T>(
    patience: Duration,
    base: &str,
    answer: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let late = || format!("{base} did not answer within {} seconds; look whether it was done", patience.as_secs());
    tokio::time::timeout(patience, answer).await.with_context(late)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_everywhere_is_reached_here() {
        let check = |listen: &str, expected: &str| {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), expected);
        };
        check("0.0.0.0:8080", "127.0.0.1:8080");
        check("[::]:8080", "[::1]:8080");
        check("192.0.2.7:80", "192.0.2.7:80");
        check("[2001:db8::7]:80", "[2001:db8::7]:80");
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let silence = std::future::pending::<anyhow::Result<()>>();
        let error = within(Duration::ZERO, "http://127.0.0.1:1", silence).await.unwrap_err();
        assert!(error.to_string().starts_with("http://127.0.0.1:1 did not answer within"), "{error}");
        let answer = within(PATIENCE, "", async { Ok(7) }).await;
        assert_eq!(answer.unwrap(), 7);
    }
}

//! The management API of a running Glaux, as the command line uses it: with the admin's token.

use anyhow::Context;
use bytes::Bytes;
use glaux_kernel::Secret;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;

use crate::{secrets, serve, settings::Settings};

/// Where a Glaux is, and the token that it takes.
pub(crate) struct Management {
    base: String,
    token: Secret,
}

impl Management {
    /// The one at `url`; without, that of these settings.
    pub(crate) fn new(settings: &Settings, url: Option<&str>) -> anyhow::Result<Self> {
        let base = url.map_or_else(|| format!("http://{}", settings.server.listen), str::to_owned);
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
        runtime.block_on(self.send(path, reason, body))
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

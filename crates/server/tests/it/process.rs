use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

pub(crate) const ADMIN_TOKEN: &str = "glt_a_token_for_tests_only";
pub(crate) const MANAGEMENT: &str = "/api/platform/ai-management";

/// A running `glaux serve`; killed when dropped.
pub(crate) struct Glaux {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Shown at the first start only.
    pub(crate) first_key: Option<String>,
    client: Client<HttpConnector, Full<Bytes>>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }
}

impl Glaux {
    /// Starts on a free port over `directory`, and waits until it serves.
    pub(crate) fn start(directory: &Path, database: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_glaux"));
        command
            .arg("serve")
            .env_clear()
            .env("GLAUX_LISTEN", "127.0.0.1:0")
            .env("GLAUX_DATA_DIR", directory)
            .env("GLAUX_ADMIN_TOKEN", ADMIN_TOKEN)
            .env("GLAUX_MASTER_KEY", "00".repeat(32))
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        if let Some(address) = database {
            command.env("GLAUX_DATABASE_URL", address);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut address = None;
        let mut first_key = None;
        // The welcome ends with a call to try, whose body stands in the last line.
        for line in lines.by_ref() {
            if let Some((_, shown)) = line.split_once("Glaux serves on http://") {
                address = Some(shown.trim().parse().unwrap());
            }
            let key = line.split("Bearer ").nth(1).and_then(|rest| rest.split('\'').next());
            first_key = first_key.or(key.filter(|key| key.starts_with("glx_")).map(str::to_owned));
            if line.trim_start().starts_with("-d ") {
                break;
            }
        }
        let address = address.expect("the process ended before it served");
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { child, address, first_key, client }
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(&mut self) {
        let stopped = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(stopped.success());
        assert!(self.child.wait().unwrap().success());
    }

    pub(crate) async fn send(&self, method: Method, path: &str, token: &str, body: &str) -> Result<Answer, Error> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_owned())))
            .unwrap();
        let (parts, body) = self.client.request(request).await?.into_parts();
        let collected = tokio::time::timeout(Duration::from_secs(30), body.collect()).await;
        let bytes = collected.ok().and_then(Result::ok).map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Ok(Answer { status: parts.status, headers: parts.headers, text })
    }

    /// Calls the management API; anything but success fails the test.
    pub(crate) async fn manage(&self, method: Method, path: &str, body: &str) -> Value {
        let answer = self.send(method, &format!("{MANAGEMENT}{path}"), ADMIN_TOKEN, body).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    }

    /// A chat with a model.
    pub(crate) async fn chat(&self, key: &str, model: &str) -> Result<Answer, Error> {
        let body =
            format!(r#"{{"model":"{model}","max_tokens":20,"messages":[{{"role":"user","content":"Hello, owl"}}]}}"#);
        self.send(Method::POST, "/v1/chat/completions", key, &body).await
    }
}

impl Drop for Glaux {
    fn drop(&mut self) {
        // Gone already, if the test ended it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs another command of the binary over `directory` and gives what it prints.
pub(crate) fn run(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_glaux"))
        .args(arguments)
        .env_clear()
        .env("GLAUX_DATA_DIR", directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

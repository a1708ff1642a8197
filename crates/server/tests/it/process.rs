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
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

pub(crate) const ADMIN_TOKEN: &str = "glt_a_token_for_tests_only";
pub(crate) const MANAGEMENT: &str = "/api/platform/ai-management";

pub(crate) const MASTER_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// A running `glaux serve`; killed when dropped.
pub(crate) struct Glaux {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Shown at the first start only.
    pub(crate) first_key: Option<String>,
    /// What it printed when it served.
    pub(crate) welcome: String,
    client: HttpClient,
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

/// A `glaux serve` that is about to start on a free port.
pub(crate) struct Start(Command);

impl Start {
    pub(crate) fn over(directory: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_glaux"));
        command.arg("serve");
        Self::by(command, directory)
    }

    /// By a command that ends in `glaux serve`.
    pub(crate) fn by(mut command: Command, directory: &Path) -> Self {
        command.env_clear().stdout(Stdio::piped()).stderr(Stdio::inherit());
        let start = Self(command).set("GLAUX_LISTEN", "127.0.0.1:0").set("GLAUX_ADMIN_TOKEN", ADMIN_TOKEN);
        start.set("GLAUX_MASTER_KEY", MASTER_KEY).set("GLAUX_DATA_DIR", directory.to_str().unwrap())
    }

    pub(crate) fn set(mut self, variable: &str, text: &str) -> Self {
        self.0.env(variable, text);
        self
    }

    pub(crate) fn unset(mut self, variable: &str) -> Self {
        self.0.env_remove(variable);
        self
    }

    /// Waits until it serves.
    pub(crate) fn go(mut self) -> Glaux {
        let mut child = self.0.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut address = None;
        let mut first_key = None;
        let mut welcome = String::new();
        // The welcome ends with a call to try, whose body stands in the last line, or says why there is none.
        for line in lines.by_ref() {
            welcome.push_str(&line);
            welcome.push('\n');
            if let Some((_, shown)) = line.split_once("Glaux serves on http://") {
                address = Some(shown.trim().parse().unwrap());
            }
            let key = line.split("Bearer ").nth(1).and_then(|rest| rest.split('\'').next());
            first_key = first_key.or(key.filter(|key| key.starts_with("glx_")).map(str::to_owned));
            if line.trim_start().starts_with("-d ") || line.contains("The database is away") {
                break;
            }
        }
        let address = address.expect("the process ended before it served");
        Glaux { child, address, first_key, welcome, client: Glaux::client() }
    }
}

impl Glaux {
    /// Starts over `directory`, and waits until it serves.
    pub(crate) fn start(directory: &Path, database: Option<&str>) -> Self {
        let start = Start::over(directory);
        match database {
            Some(address) => start.set("GLAUX_DATABASE_URL", address).go(),
            None => start.go(),
        }
    }

    /// Connections of its own.
    pub(crate) fn client() -> HttpClient {
        Client::builder(TokioExecutor::new()).build_http()
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn ask_to_stop(&self) {
        signal("TERM", self.id());
    }

    pub(crate) fn wait_until_stopped(&mut self) {
        assert!(self.child.wait().unwrap().success());
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(&mut self) {
        self.ask_to_stop();
        self.wait_until_stopped();
    }

    /// Ends it as nothing else does.
    pub(crate) fn kill(&self) {
        signal("KILL", self.id());
    }

    fn request(&self, method: Method, path: &str, token: &str, body: &str) -> Request<Full<Bytes>> {
        Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_owned())))
            .unwrap()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, token: &str, body: &str) -> Result<Answer, Error> {
        collect(&self.client, self.request(method, path, token, body)).await
    }

    /// Calls the management API; anything but success fails the test.
    pub(crate) async fn manage(&self, method: Method, path: &str, body: &str) -> Value {
        let answer = self.try_to_manage(method, path, body).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn try_to_manage(&self, method: Method, path: &str, body: &str) -> Result<Answer, Error> {
        self.send(method, &format!("{MANAGEMENT}{path}"), ADMIN_TOKEN, body).await
    }

    /// A chat with a model.
    pub(crate) async fn chat(&self, key: &str, model: &str) -> Result<Answer, Error> {
        self.chat_by(&self.client, key, model).await
    }

    /// A chat over the connections of `client`.
    pub(crate) async fn chat_by(&self, client: &HttpClient, key: &str, model: &str) -> Result<Answer, Error> {
        collect(client, self.request(Method::POST, CHAT, key, &chat_body(model, false))).await
    }

    /// Live events, as long as they come.
    pub(crate) async fn watch(&self) -> Result<Stream, Error> {
        let request = self.request(Method::GET, &format!("{MANAGEMENT}/events"), ADMIN_TOKEN, "");
        let (parts, body) = self.client.request(request).await?.into_parts();
        Ok(Stream { status: parts.status, headers: parts.headers, body })
    }

    /// A chat that is streamed.
    pub(crate) async fn stream(&self, key: &str, model: &str) -> Result<Stream, Error> {
        let request = self.request(Method::POST, CHAT, key, &chat_body(model, true));
        let (parts, body) = self.client.request(request).await?.into_parts();
        Ok(Stream { status: parts.status, headers: parts.headers, body })
    }
}

const CHAT: &str = "/v1/chat/completions";

fn chat_body(model: &str, stream: bool) -> String {
    let message = json!({ "role": "user", "content": "Hello, owl" });
    let max_tokens = if stream { 2000 } else { 20 };
    json!({ "model": model, "max_tokens": max_tokens, "stream": stream, "messages": [message] }).to_string()
}

async fn collect(client: &HttpClient, request: Request<Full<Bytes>>) -> Result<Answer, Error> {
    let (parts, body) = client.request(request).await?.into_parts();
    let collected = tokio::time::timeout(Duration::from_secs(30), body.collect()).await;
    let bytes = collected.ok().and_then(Result::ok).map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Ok(Answer { status: parts.status, headers: parts.headers, text })
}

/// An answer that is still arriving. Dropped, the client has hung up.
pub(crate) struct Stream {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Incoming,
}

impl Stream {
    /// The next piece; `None` at the end, and when it breaks.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        self.body.frame().await?.ok()?.into_data().ok()
    }

    /// All that is still to come; `None` when it breaks.
    pub(crate) async fn rest(self) -> Option<String> {
        let collected = tokio::time::timeout(Duration::from_secs(30), self.body.collect()).await.ok()?;
        String::from_utf8(collected.ok()?.to_bytes().to_vec()).ok()
    }
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status().unwrap();
    assert!(sent.success());
}

impl Drop for Glaux {
    fn drop(&mut self) {
        // Gone already, if the test ended it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs another command of the binary over `directory` and gives what it prints.
pub(crate) fn run(directory: &Path, database: Option<&str>, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glaux"));
    command.args(arguments).env_clear().env("GLAUX_DATA_DIR", directory).env("GLAUX_MASTER_KEY", MASTER_KEY);
    if let Some(address) = database {
        command.env("GLAUX_DATABASE_URL", address);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether the long runs were asked for; says so if not.
#[expect(clippy::disallowed_methods, reason = "the switch of the long runs")]
pub(crate) fn asked_to_soak() -> bool {
    let asked = std::env::var_os("GLAUX_SOAK").is_some();
    if !asked {
        glaux_testkit::skip("GLAUX_SOAK is not set", 1);
    }
    asked
}

/// Figures for whoever runs the tests.
#[expect(clippy::print_stderr, reason = "shown with --nocapture")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

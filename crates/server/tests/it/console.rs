//! The console as a browser and as an attacker ask for it.

use std::path::Path;

use http::{HeaderMap, Method};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::process::{ADMIN_TOKEN, Glaux, Start};

const SCRIPT: &str = "assets/main-0f1e2d3c.js";
const DOCUMENT: &str =
    r#"<!doctype html><script nonce="__CSP_NONCE__">1</script><style nonce="__CSP_NONCE__"></style>"#;

/// A console as vite leaves it, beside a file that is nobody's business.
fn build(folder: &Path) -> std::path::PathBuf {
    let dist = folder.join("dist");
    std::fs::create_dir_all(dist.join("assets")).unwrap();
    std::fs::create_dir_all(dist.join(".vite")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(dist.join(name), text).unwrap();
    write("index.html", DOCUMENT);
    write(SCRIPT, "identity");
    write(&format!("{SCRIPT}.br"), "brotli");
    write(&format!("{SCRIPT}.gz"), "gzip");
    write("assets/inter-aabbccdd.woff2", "font");
    write("favicon.svg", "<svg/>");
    write(".vite/manifest.json", "{}");
    std::fs::write(folder.join("secret.txt"), "secret").unwrap();
    dist
}

struct Console {
    glaux: Glaux,
    _folders: [tempfile::TempDir; 2],
}

impl Console {
    fn start() -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let dist = build(folders[1].path());
        let start = Start::over(folders[0].path()).set("GLAUX_SERVER__CONSOLE_DIR", dist.to_str().unwrap());
        Self { glaux: start.go(), _folders: folders }
    }

    /// Sends the request line and headers as they are; nothing tidies the path up on the way.
    async fn raw(&self, line: &str, headers: &str) -> (u16, HeaderMap, String) {
        let mut stream = TcpStream::connect(self.glaux.address).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n", self.glaux.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        (status, headers, body.to_owned())
    }

    async fn page(&self, path: &str) -> (u16, HeaderMap, String) {
        self.raw(&format!("GET {path}"), "accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n").await
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn each_answer_of_a_page_has_its_own_nonce_and_a_policy_that_allows_nothing_else() {
    let console = Console::start();
    let mut nonces = std::collections::BTreeSet::new();
    for path in ["/", "/requests?status=error&sel=call_1", "/features/chatbot", "/index.html"] {
        let (status, headers, page) = console.page(path).await;
        assert_eq!((status, text(&headers, "content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
        let policy = text(&headers, "content-security-policy").unwrap();
        let nonce = policy.split("script-src 'self' 'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert_eq!(page, DOCUMENT.replace("__CSP_NONCE__", nonce), "{path}");
        assert!(policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!(text(&headers, "cache-control"), Some("no-cache"));
        assert_eq!(text(&headers, "etag"), None);
        assert_eq!(text(&headers, "x-content-type-options"), Some("nosniff"));
        assert_eq!(text(&headers, "cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(text(&headers, "referrer-policy"), Some("same-origin"));
        assert_eq!(nonce.len(), 24, "16 bytes in base64");
        assert!(nonces.insert(nonce.to_owned()), "{nonce} came twice");
    }
    let known = "accept: text/html\r\nif-none-match: *\r\nif-modified-since: Sat, 21 Nov 2026 09:00:00 GMT\r\n";
    assert_eq!(console.raw("GET /", known).await.0, 200, "a page is never known already");
}

#[tokio::test]
async fn assets_are_kept_for_good_and_sent_compressed_to_those_who_can_read_it() {
    let console = Console::start();
    let check = async |accepted: &str, coding: Option<&str>, body: &str| {
        let line = format!("GET /{SCRIPT}");
        let (status, headers, got) = console.raw(&line, &format!("accept-encoding: {accepted}\r\n")).await;
        assert_eq!((status, text(&headers, "content-encoding"), got.as_str()), (200, coding, body), "{accepted}");
        assert_eq!(text(&headers, "content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(text(&headers, "cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(text(&headers, "vary"), Some("accept-encoding"));
        assert_eq!(text(&headers, "content-length"), Some(body.len().to_string().as_str()));
    };
    check("gzip, deflate, br", Some("br"), "brotli").await;
    check("gzip, deflate", Some("gzip"), "gzip").await;
    check("br;q=0, gzip;q=0.1", Some("gzip"), "gzip").await;
    check("identity", None, "identity").await;
    let (_, headers, font) = console.raw("GET /assets/inter-aabbccdd.woff2", "accept-encoding: br, gzip\r\n").await;
    let kind = text(&headers, "content-type");
    assert_eq!((kind, text(&headers, "content-encoding"), font.as_str()), (Some("font/woff2"), None, "font"));
}

#[tokio::test]
async fn heads_parts_and_known_files() {
    let console = Console::start();
    let (status, headers, body) = console.raw(&format!("HEAD /{SCRIPT}"), "").await;
    assert_eq!((status, text(&headers, "content-length"), body.as_str()), (200, Some("8"), ""));
    let (status, headers, body) = console.raw("HEAD /", "accept: text/html\r\n").await;
    assert_eq!((status, body.as_str()), (200, ""));
    assert!(headers.contains_key("content-security-policy"));

    let (status, headers, body) = console.raw(&format!("GET /{SCRIPT}"), "range: bytes=2-4\r\n").await;
    assert_eq!((status, text(&headers, "content-range"), body.as_str()), (200, None, "identity"));

    let (status, headers, body) = console.raw("GET /favicon.svg", "").await;
    assert_eq!((status, text(&headers, "content-type"), body.as_str()), (200, Some("image/svg+xml"), "<svg/>"));
    assert_eq!(text(&headers, "cache-control"), Some("no-cache"));
    let tag = text(&headers, "etag").unwrap();
    let strong = tag.trim_start_matches("W/");
    let check = async |seen: &str, status: u16| {
        let (got, headers, _) = console.raw("GET /favicon.svg", &format!("if-none-match: {seen}\r\n")).await;
        assert_eq!((got, text(&headers, "etag")), (status, Some(tag)), "{seen}");
    };
    check(tag, 304).await;
    check(&format!("\"other\", {strong}"), 304).await;
    check("*", 304).await;
    check("\"other\"", 200).await;
}

#[tokio::test]
async fn what_is_no_page_and_no_file_is_not_found() {
    let console = Console::start();
    let missing = [
        "/assets/none.js",
        "/assets/",
        "/assets",
        "/assets/../assets/main-0f1e2d3c.js",
        "/assets/%2e%2e/index.html",
        "/assets//main-0f1e2d3c.js",
        "/assets/main-0f1e2d3c.js%00",
        "/assets/.vite/manifest.json",
        "/api",
        "/v1",
        "/health",
        "/health/other",
        "/metrics/",
    ];
    for path in missing {
        let (status, headers, _) = console.page(path).await;
        assert_eq!((status, text(&headers, "content-type")), (404, Some("application/json")), "{path}");
    }
    for path in ["/none.js", "/requests", "/robots.txt"] {
        assert_eq!(console.raw(&format!("GET {path}"), "accept: */*\r\n").await.0, 404, "{path} for a program");
    }
    assert_eq!(console.raw("POST /", "content-length: 0\r\naccept: text/html\r\n").await.0, 404);
}

#[tokio::test]
async fn no_spelling_of_a_path_leads_out_of_the_console() {
    let console = Console::start();
    let spellings = [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/....//secret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/.vite/manifest.json",
        "/%2evite/manifest.json",
        "//etc/passwd",
        "/etc/passwd%00.html",
        "/favicon.svg/../../secret.txt",
    ];
    for path in spellings {
        let (status, _, body) = console.page(path).await;
        let is_document = body.starts_with("<!doctype html><script nonce=");
        assert!(status == 404 || (status == 200 && is_document), "{path}: {status} {body}");
        let (status, _, body) = console.raw(&format!("GET {path}"), "accept: */*\r\n").await;
        assert!(status == 404, "{path}: {status} {body}");
    }
    assert_eq!(console.page("/a\0b").await.0, 400);
    assert_eq!(console.page(&format!("/{}", "a".repeat(30_000))).await.0, 200);
    let huge = console.page(&format!("/{}", "a".repeat(70_000))).await.0;
    assert!(huge == 414 || huge == 431, "{huge}");
    assert_eq!(console.page("/").await.0, 200, "it serves on");
}

#[tokio::test]
async fn an_open_page_learns_from_any_answer_of_the_api_which_console_belongs_to_it() {
    let console = Console::start();
    let get = async |path: &str, token: &str| console.glaux.send(Method::GET, path, token, "").await.unwrap();
    let me = get("/api/me", ADMIN_TOKEN).await;
    let build = me.headers["x-console-build"].clone();
    assert_eq!(get("/api/me", "glt_unknown").await.headers["x-console-build"], build);
    assert_eq!(get("/api/none", ADMIN_TOKEN).await.headers["x-console-build"], build);
    assert!(!get("/health/live", "").await.headers.contains_key("x-console-build"));
    let first_key = console.glaux.first_key.clone().unwrap();
    let called = console.glaux.chat(&first_key, "sandbox/echo").await.unwrap();
    assert!(!called.headers.contains_key("x-console-build"), "applications have no console");
}

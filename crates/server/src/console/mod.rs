//! The console: its pages and what they load, out of the program itself.
//!
//! - Names below `/assets/` hold a hash of the content: they are kept for good, and one that is not there is not found.
//! - Every other path that no API owns is a page of one document, which is answered with a nonce of its own.
//! - A program that was built without a console says so on each page.

mod encoding;
mod file;
mod files;
mod page;

use std::{path::Path, sync::Arc};

use glaux_gateway::Body;
use glaux_kernel::Rng;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};

use self::{files::Files, page::Page};

/// On each answer of the management API: a page that is open sees by it that the program was replaced.
const BUILD: HeaderName = HeaderName::from_static("x-console-build");
/// What is never a page, though no handler may know it.
const APIS: [&str; 6] = ["api", "v1", "anthropic", "gemini", "metrics", "health"];

/// What browsers are answered.
pub(crate) struct Console {
    files: Files,
    page: Page,
    rng: Arc<dyn Rng>,
}

impl Console {
    /// The console of this program, or the one in `folder`.
    pub(crate) fn open(folder: Option<&Path>, rng: Arc<dyn Rng>) -> anyhow::Result<Self> {
        let mut files = match folder {
            Some(folder) => Files::read(folder)?,
            None => Files::built()?,
        };
        let page = match files.take_document() {
            Some(document) => Page::of(&document)?,
            None => Page::not_built(),
        };
        Ok(Self { files, page, rng })
    }

    /// A file or a page; `None` for what is neither.
    pub(crate) fn answer<T>(&self, request: &Request<T>) -> Option<Response<Body>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let path = request.uri().path().strip_prefix('/')?;
        if let Some(file) = self.files.find(path) {
            return Some(file.answer(request.headers()));
        }
        let first = path.split('/').next().unwrap_or_default();
        let is_page = first != "assets" && !APIS.contains(&first);
        (is_page && (path.is_empty() || asks_for_a_page(request.headers()))).then(|| self.page.answer(&*self.rng))
    }

    /// Says in an answer of the API which console belongs to it.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        if let Some(build) = self.page.build() {
            headers.insert(BUILD, build.clone());
        }
    }
}

/// What a browser sends that goes to an address; scripts, styles, pictures and programs are content with anything.
fn asks_for_a_page(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.to_ascii_lowercase().contains("text/html"))
}

/// What every answer of the console says to a browser.
const PROTECTION: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

#[cfg(test)]
mod tests {
    use glaux_testkit::rng::SeededRng;
    use http_body_util::BodyExt;

    use super::*;

    fn console(folder: &Path) -> Console {
        Console::open(Some(folder), Arc::new(SeededRng::new(1))).unwrap()
    }

    async fn get(console: &Console, path: &str, accept: &str) -> Option<(HeaderMap, String)> {
        let request = Request::get(path).header("accept", accept).body(()).unwrap();
        let (parts, body) = console.answer(&request)?.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Some((parts.headers, String::from_utf8(bytes.to_vec()).unwrap()))
    }

    #[tokio::test]
    async fn without_a_console_every_page_says_how_it_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let console = console(folder.path());
        for path in ["/", "/requests", "/features/chatbot"] {
            let (headers, page) = get(&console, path, "text/html").await.unwrap();
            assert!(page.contains("make console") && !page.contains("__CSP_NONCE__"), "{path}: {page}");
            let policy = headers["content-security-policy"].to_str().unwrap();
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
            assert!(page.contains(&format!("<style nonce=\"{nonce}\">")), "{page}");
        }
        for path in ["/assets/a.js", "/api", "/v1", "/health/live", "/metrics/x"] {
            assert!(get(&console, path, "text/html").await.is_none(), "{path}");
        }
        let mut headers = HeaderMap::new();
        console.mark(&mut headers);
        assert!(headers.is_empty());
    }

    #[test]
    fn the_build_is_known_by_its_document() {
        let folder = tempfile::tempdir().unwrap();
        let mut seen = Vec::new();
        for document in ["<p nonce=__CSP_NONCE__>1", "<p nonce=__CSP_NONCE__>2", "<p nonce=__CSP_NONCE__>1"] {
            std::fs::write(folder.path().join("index.html"), document).unwrap();
            let mut headers = HeaderMap::new();
            console(folder.path()).mark(&mut headers);
            seen.push(headers["x-console-build"].clone());
        }
        assert!(seen[0] != seen[1] && seen[0] == seen[2], "{seen:?}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Console::open(Some(&folder.path().join("none")), Arc::new(SeededRng::new(1))).is_err());
    }
}

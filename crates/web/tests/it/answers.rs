use axum::http::Request;
use serde_json::json;

use crate::api::Api;

#[tokio::test]
async fn what_is_our_fault_shows_nothing_internal() {
    let api = Api::start().await;
    for path in ["/panic", "/broken"] {
        let answer = api.send(Request::get(path), "").await;
        let id = answer.headers["x-glaux-request-id"].to_str().unwrap();
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        let expected = json!({
            "type": "urn:glaux:problem:internal", "title": "Something went wrong on our side", "status": 500,
            "code": "internal", "request_id": id,
        });
        assert_eq!((answer.status.as_u16(), &answer.body), (500, &expected));
    }
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist_are_problems_too() {
    let api = Api::start().await;
    let check = async |request: axum::http::request::Builder, status: u16, code: &str| {
        let answer = api.send(request, "").await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (status, &json!(code)));
    };
    check(Request::get("/nowhere"), 404, "not_found").await;
    check(Request::delete("/owls"), 405, "method_not_allowed").await;
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own_and_protects_the_browser() {
    let api = Api::start().await;
    let mut ids = Vec::new();
    for path in ["/open", "/nowhere", "/owls", "/panic", "/page"] {
        let headers = api.send(Request::get(path), "").await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert_eq!(headers["cache-control"], "no-cache", "{path}");
        ids.push(headers["x-glaux-request-id"].clone());
    }
    let before = ids.len();
    ids.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    ids.dedup();
    assert_eq!(ids.len(), before);
}

#[tokio::test]
async fn a_reader_who_has_the_answer_is_told_so() {
    let api = Api::start().await;
    let first = api.send(Request::get("/open"), "").await;
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let check = async |seen: &str, status: u16| {
        let answer = api.send(Request::get("/open").header("if-none-match", seen), "").await;
        assert_eq!((answer.status.as_u16(), &answer.headers["etag"]), (status, &first.headers["etag"]), "{seen}");
    };
    check(&tag, 304).await;
    check(&format!("\"other\", W/{tag}"), 304).await;
    check("*", 304).await;
    check("\"other\"", 200).await;
    assert!(!api.send(Request::get("/page"), "").await.headers.contains_key("etag"));
}

#[tokio::test]
async fn requests_are_counted_by_their_template() {
    let api = Api::start().await;
    api.send(Request::get("/open"), "").await;
    api.send(Request::get("/open"), "").await;
    api.send(Request::get("/nowhere/to/be/found"), "").await;
    let text = api.metrics.expose().unwrap();
    let expected = [
        r#"glaux_management_requests_total{method="GET",route="/open",status="200"} 2"#,
        r#"glaux_management_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"glaux_management_request_seconds_count{route="/open"} 2"#,
    ];
    for line in expected {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

use axum::http::Request;

use crate::api::{Api, LIMIT};

#[tokio::test]
async fn a_permission_is_needed_where_one_is_documented() {
    let api = Api::start().await;
    let check = async |path: &str, token: Option<&str>, status: u16| {
        let request = Request::get(path);
        let request = token
            .into_iter()
            .fold(request, |request, token| request.header("authorization", format!("Bearer {token}")));
        let answer = api.send(request, "").await;
        assert_eq!(answer.status, status, "{path} {token:?}: {}", answer.body);
    };
    check("/open", None, 200).await;
    check("/owls", None, 401).await;
    check("/owls", Some("owls.write"), 403).await;
    check("/owls", Some("owls.write,owls.read"), 200).await;
}

#[tokio::test]
async fn parameters_that_are_not_documented_are_refused() {
    let api = Api::start().await;
    let check = async |path: &str, expected: Option<&str>| {
        let answer = api.send(Request::get(path).header("authorization", "Bearer owls.read"), "").await;
        match expected {
            None => assert_eq!(answer.status, 200, "{path}: {}", answer.body),
            Some(pointer) => {
                assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &"invalid_request".into()), "{path}");
                assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{path}");
            }
        }
    };
    check("/owls?limit=3&cursor=a%2Fb", None).await;
    check("/owls?limit=0", Some("?")).await;
    check("/owls?limit=three", Some("?limit")).await;
    check("/owls?limit=1&limit=2", Some("?limit")).await;
    check("/owls?colour=grey", Some("?colour")).await;
    check("/owls?dry_run=true", Some("?dry_run")).await;
    check("/open?limit=1", Some("?limit")).await;
}

#[tokio::test]
async fn another_site_can_not_write_with_our_cookie() {
    let api = Api::start().await;
    let check = async |headers: &[(&str, &str)], status: u16| {
        let request = Request::post("/owls").header("host", "glaux.example").header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = api.send(request, r#"{"name":"Athena","weight":160}"#).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.body);
    };
    let cookie = ("cookie", "glaux_session=owls.write");
    check(&[cookie, ("sec-fetch-site", "same-origin"), ("origin", "https://glaux.example")], 200).await;
    check(&[cookie, ("sec-fetch-site", "cross-site")], 403).await;
    check(&[cookie, ("origin", "https://evil.example")], 403).await;
    check(&[("authorization", "Bearer owls.write"), ("origin", "https://evil.example")], 200).await;
}

#[tokio::test]
async fn bodies_are_read_to_the_limit_and_errors_name_their_place() {
    let api = Api::start().await;
    let check = async |content_type: &str, body: &str, status: u16, pointer: &str| {
        let request = Request::post("/owls").header("authorization", "Bearer owls.write");
        let answer = api.send(request.header("content-type", content_type), body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["pointer"].as_str().unwrap_or_default(), pointer, "{body}");
    };
    let json = "application/json; charset=utf-8";
    check(json, r#"{"name":"Athena","weight":160,"reason":"found"}"#, 200, "").await;
    check(json, r#"{"name":"Athena","weight":"heavy"}"#, 400, "/weight").await;
    check(json, r#"{"name":"Athena","weight":160,"colour":"grey"}"#, 400, "/colour").await;
    check(json, r#"{"name":"Athena""#, 400, "").await;
    check(json, &format!(r#"{{"name":"{}"}}"#, "a".repeat(LIMIT)), 413, "").await;
    check("text/plain", r#"{"name":"Athena","weight":160}"#, 400, "").await;
    check(json, "\u{feff}{}", 400, "").await;
    check(json, &format!(r#"{{"name":{}"#, "[".repeat(500)), 400, "/name").await;
}

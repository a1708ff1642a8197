use std::time::Duration;

use glaux_testkit::{database::TestDatabase, management::Answer, on_both};
use serde_json::json;

use crate::installation::{ADMIN_TOKEN, Installation};

on_both!(
    a_link_signs_in_once,
    a_look_at_a_link_does_not_use_it,
    an_admin_makes_a_link_for_himself,
    a_link_ends_after_an_hour,
    a_session_is_a_cookie_that_only_our_pages_use,
    a_session_ends,
    guessing_is_slowed_down,
    the_operators_token_is_known,
    a_second_start_finds_what_the_first_made,
    signing_in_is_journalled_without_its_secrets,
    the_journal_says_who_made_a_link,
    a_link_is_for_ones_own_organization,
);

async fn a_link_signs_in_once(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let link = installation.identity.issue_admin_link().await.unwrap();
    let signed_in = installation.follow(link.0.expose()).await;
    assert_eq!((signed_in.status.as_u16(), &signed_in.headers["location"]), (303, &"/".parse().unwrap()));
    let me = installation.browse("GET", "/api/me", &signed_in).await.ok();
    assert_eq!((&me["name"], &me["permissions"]), (&json!("admin"), &json!(["*"])));
    assert!(me["actor"].as_str().unwrap().starts_with("user_"));
    assert_eq!(me["organization"]["name"], "default");

    installation.follow(link.0.expose()).await.problem("unauthenticated");
    installation.follow("gli_nothing").await.problem("unauthenticated");
    let path = format!("/api/auth/link?token={}", link.0.expose());
    let browser = installation.anonymous().request("GET", &path).header("accept", "text/html,*/*;q=0.8").send().await;
    assert_eq!(
        (browser.status.as_u16(), &browser.headers["location"]),
        (303, &"/sign-in?problem=link_used".parse().unwrap())
    );
    assert!(!browser.headers.contains_key("set-cookie"));
    installation.anonymous().get("/api/auth/link").await.problem("invalid_request");
}

async fn a_look_at_a_link_does_not_use_it(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let link = installation.identity.issue_admin_link().await.unwrap();
    let path = format!("/api/auth/link?token={}", link.0.expose());
    let looked = installation.anonymous().request("HEAD", &path).send().await;
    assert_eq!((looked.status.as_u16(), &looked.headers["allow"]), (405, &"GET".parse().unwrap()));
    assert!(!looked.headers.contains_key("set-cookie"));
    assert_eq!(installation.follow(link.0.expose()).await.status.as_u16(), 303);
}

async fn an_admin_makes_a_link_for_himself(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let admin = installation.admin();
    let made = admin.request("POST", "/api/auth/link").send().await;
    assert_eq!((made.status.as_u16(), &made.headers["cache-control"]), (201, &"no-store".parse().unwrap()));
    let signed_in = installation.follow(&link_in(&made)).await;
    assert_eq!(installation.browse("GET", "/api/me", &signed_in).await.ok()["name"], "admin");

    installation.anonymous().request("POST", "/api/auth/link").send().await.problem("unauthenticated");
    let issued = admin.post("/api/auth/tokens", json!({ "name": "deputy", "role": "ai-admin" })).await.ok();
    let deputy = installation.api.bearer(issued["token"].as_str());
    deputy.request("POST", "/api/auth/link").send().await.problem("forbidden");
}

/// The text of the link that was made.
fn link_in(made: &Answer) -> String {
    let made = made.ok();
    made["path"].as_str().unwrap().strip_prefix("/api/auth/link?token=").unwrap().to_owned()
}

async fn a_link_ends_after_an_hour(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let link = installation.identity.issue_admin_link().await.unwrap();
    installation.api.advance(Duration::from_secs(3600));
    installation.follow(link.0.expose()).await.problem("unauthenticated");
}

async fn a_session_is_a_cookie_that_only_our_pages_use(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let link = installation.identity.issue_admin_link().await.unwrap();
    let path = format!("/api/auth/link?token={}", link.0.expose());
    let behind_tls = installation.anonymous().request("GET", &path).header("x-forwarded-proto", "https").send().await;
    let cookie = behind_tls.headers["set-cookie"].to_str().unwrap();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure");
    assert_eq!(behind_tls.headers["cache-control"], "no-store");

    let write = |site: &str| {
        let request = installation.anonymous().request("PATCH", "/api/organizations/default").header("cookie", value);
        request.header("sec-fetch-site", site).json(json!({"display_name": "Acme"})).send()
    };
    write("cross-site").await.problem("forbidden");
    write("same-origin").await.ok();
    // What a browser sends by itself is no bearer token, and the other way round.
    let text = value.split_once('=').unwrap().1;
    installation.api.bearer(Some(text)).get("/api/me").await.problem("unauthenticated");
    let as_cookie = format!("glaux_session={ADMIN_TOKEN}");
    let request = installation.anonymous().request("GET", "/api/me").header("cookie", &as_cookie);
    request.send().await.problem("unauthenticated");
}

async fn a_session_ends(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let first = installation.sign_in().await;
    let second = installation.sign_in().await;
    let out = installation.browse("POST", "/api/auth/logout", &first).await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].to_str().unwrap().starts_with("glaux_session=; Path=/; Max-Age=0;"));
    installation.browse("GET", "/api/me", &first).await.problem("unauthenticated");

    installation.browse("GET", "/api/me", &second).await.ok();
    installation.api.advance(Duration::from_secs(12 * 3600));
    installation.browse("GET", "/api/me", &second).await.problem("unauthenticated");
}

async fn guessing_is_slowed_down(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let valid = installation.identity.issue_admin_link().await.unwrap();
    for _ in 0..30 {
        installation.follow("gli_guess").await.problem("unauthenticated");
    }
    let refused = installation.follow("gli_guess").await;
    refused.problem("rate_limited");
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(refused.headers["ratelimit-policy"], "\"sign-in\";q=30;w=60");
    assert_eq!(installation.follow(valid.0.expose()).await.status, 303);
}

async fn the_operators_token_is_known(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let me = installation.admin().get("/api/me").await.ok();
    assert_eq!((&me["name"], &me["permissions"]), (&json!("admin token"), &json!(["*"])));
    installation
        .api
        .bearer(Some("an operator's own token of some lengti"))
        .get("/api/me")
        .await
        .problem("unauthenticated");
    let named = installation.admin().request("GET", "/api/me").header("x-glaux-organization", "acme").send().await;
    assert_eq!(named.ok()["organization"]["name"], "acme");
}

async fn a_second_start_finds_what_the_first_made(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let position = installation.admin().get("/api/platform/ai-management/journal/verify").await.ok();
    let context = installation.api.context().clone();
    let token = glaux_kernel::Secret::new(ADMIN_TOKEN.to_owned());
    glaux_platform_identity::Identity::bootstrap(context, &token).await.unwrap();
    assert_eq!(installation.admin().get("/api/platform/ai-management/journal/verify").await.ok(), position);
}

async fn signing_in_is_journalled_without_its_secrets(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let link = installation.identity.issue_admin_link().await.unwrap();
    let signed_in = installation.follow(link.0.expose()).await;
    installation.browse("POST", "/api/auth/logout", &signed_in).await;
    let admin = installation.admin();
    let entries = admin.get("/api/platform/ai-management/journal?kind=session").await;
    let of_session = |place: usize| {
        let entry = &entries.ok()["items"][place];
        (entry["action"].clone(), entry["actor"].clone(), entry["actor_kind"].clone())
    };
    assert_eq!(of_session(0), (json!("sign_out"), json!("admin"), json!("user")));
    assert_eq!(of_session(1), (json!("sign_in"), json!("admin"), json!("user")));

    let session = signed_in.headers["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    for seq in 1..=4 {
        let entry = admin.get(&format!("/api/platform/ai-management/journal/{seq}")).await.text;
        assert!(!entry.contains(&session) && !entry.contains(link.0.expose()), "{entry}");
    }
}

async fn the_journal_says_who_made_a_link(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let by_system = installation.sign_in().await;
    let by_token = installation.admin().request("POST", "/api/auth/link").send().await;
    installation.follow(&link_in(&by_token)).await;
    let by_user = installation.browse("POST", "/api/auth/link", &by_system).await;
    installation.follow(&link_in(&by_user)).await;

    let admin = installation.admin();
    let entries = admin.get("/api/platform/ai-management/journal?kind=session").await.ok();
    let user = &entries["items"][0]["actor_id"];
    let expected = [
        ("sign-in link made by admin", user.clone()),
        ("sign-in link made by admin token", json!("tok_00000000000000000000000000000000")),
        ("sign-in link made by glaux", json!("system")),
    ];
    for (place, (reason, issuer)) in expected.into_iter().enumerate() {
        let entry = &entries["items"][place];
        assert_eq!((&entry["action"], &entry["reason"]), (&json!("sign_in"), &json!(reason)));
        let detail = admin.get(&format!("/api/platform/ai-management/journal/{}", entry["seq"])).await.ok();
        assert_eq!(detail["after"]["link_made_by"], issuer, "{detail}");
    }
}

async fn a_link_is_for_ones_own_organization(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let signed_in = installation.sign_in().await;
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let ask = |organization: &str| {
        let request = installation.anonymous().request("POST", "/api/auth/link").header("cookie", &cookie);
        request.header("sec-fetch-site", "same-origin").header("x-glaux-organization", organization).send()
    };
    let problem = ask("acme").await.problem("conflict");
    assert!(problem["detail"].as_str().unwrap().contains("no user of this organization"), "{problem}");
    let made = ask("default").await;
    assert_eq!(installation.follow(&link_in(&made)).await.status, 303);
}

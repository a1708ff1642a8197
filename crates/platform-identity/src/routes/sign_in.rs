use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use glaux_kernel::{Secret, Timestamp, problem::Code};
use glaux_platform_kit::{Context, find_by_id, get};
use glaux_web::{Actor, Caller, Credential, Problem, Query, SESSION_COOKIE};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{User, attempts::Attempts, bootstrap, session};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinkParameters {
    /// The link's text.
    #[param(value_type = String)]
    token: Secret,
}

/// Signs in by a one-time link and goes to the console.
#[utoipa::path(get, path = "/api/auth/link", operation_id = "follow_link", tag = "identity", params(LinkParameters),
    responses((status = 303, description = "Signed in: the session is a cookie. A browser whose link is used or has \
        ended is sent to `/sign-in?problem=link_used`")))]
pub(super) async fn follow_link(
    State(context): State<Context>,
    Extension(attempts): Extension<Arc<Attempts>>,
    Query(LinkParameters { token }): Query<LinkParameters>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // What looks at links before a person does asks for their heads; it must not use them up.
    if method == Method::HEAD {
        return Ok((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response());
    }
    let Some(session) = session::sign_in(&context, &token).await? else {
        tracing::warn!("A sign-in link was refused: it is used, has ended, or never was");
        let counted = attempts.count_failure(context.clock.monotonic());
        if comes_from_a_person(&headers) {
            let problem = if counted.is_ok() { "link_used" } else { "too_many_attempts" };
            return Ok(Redirect::to(&format!("/sign-in?problem={problem}")).into_response());
        }
        counted?;
        return Err(Problem::new(Code::Unauthenticated, "the link is used or has ended; ask for a new one"));
    };
    let mut response = Redirect::to("/").into_response();
    set_cookie(&mut response, &headers, &session, session::SESSION_LIFE)?;
    Ok(response)
}

/// A link that signs a person in once.
#[derive(Serialize, ToSchema)]
#[schema(as = SignInLink)]
pub(super) struct LinkView {
    /// To be opened at this Glaux in a browser.
    #[schema(example = "/api/auth/link?token=gli_…")]
    path: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Makes a link that signs the caller in; for a token, the admin of its organization. It works once and for an hour.
///
/// The journal says who made it once it is followed.
#[utoipa::path(post, path = "/api/auth/link", operation_id = "issue_link", tag = "identity",
    responses((status = 201, body = LinkView)))]
pub(super) async fn issue_link(State(context): State<Context>, caller: Caller) -> Result<Response, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let user = match caller.actor {
        Actor::User(user) => find_by_id::<User>(&mut tx, user).await?.ok_or_else(|| {
            let detail = "you are no user of this organization; ask without naming it, or with a token";
            Problem::new(Code::Conflict, detail)
        })?,
        Actor::Token(_) | Actor::System => get::<User>(&mut tx, bootstrap::ADMIN).await?,
    };
    drop(tx);
    let link = session::issue_link(&context, caller, user.id).await?;
    let path = format!("/api/auth/link?token={}", link.0.expose());
    let view = LinkView { path, expires_at: context.clock.now().plus(session::LINK_LIFE) };
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, headers, axum::Json(view)).into_response())
}

/// Whether a browser asks for a page; a person is told on one what is wrong with his link.
fn comes_from_a_person(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

/// Ends the browser's session.
#[utoipa::path(post, path = "/api/auth/logout", operation_id = "sign_out", tag = "identity",
    responses((status = 204, description = "Signed out")))]
pub(super) async fn sign_out(
    State(context): State<Context>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(Credential::Session(text)) = Credential::find(&headers) {
        session::sign_out(&context, caller, &text).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &headers, &Secret::new(String::new()), Duration::ZERO)?;
    Ok(response)
}

/// The session as a cookie that scripts don't see and other sites don't send with writes. `Secure` when the browser
/// came over TLS, as the proxy before us says: without TLS, a browser would throw such a cookie away.
fn set_cookie(response: &mut Response, headers: &HeaderMap, text: &Secret, life: Duration) -> Result<(), Problem> {
    let secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let cookie = format!(
        "{SESSION_COOKIE}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}",
        text.expose(),
        life.as_secs(),
        if secure { "; Secure" } else { "" },
    );
    let mut value = HeaderValue::try_from(cookie).map_err(Problem::internal)?;
    value.set_sensitive(true);
    response.headers_mut().insert(header::SET_COOKIE, value);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(())
}

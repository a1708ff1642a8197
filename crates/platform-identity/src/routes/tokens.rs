use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{Page, Timestamp, TokenId};
use glaux_platform_kit::{Change, Context, Object, get, list};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Role, Token,
    token::{self, NewToken},
};

/// A service token, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenView {
    #[schema(value_type = String, example = "tok_01890000000070008000000000000000")]
    id: TokenId,
    name: String,
    role: Role,
    /// How its text begins and ends.
    #[schema(example = "glt_Ab12…wxyz")]
    shown: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// A token and its text: the only time that it is shown.
#[derive(Serialize, ToSchema)]
struct IssuedToken<'a> {
    #[serde(flatten)]
    view: &'a TokenView,
    /// For `Authorization: Bearer`; it can't be read again.
    #[schema(example = "glt_…")]
    token: &'a str,
}

/// A new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
pub(super) struct TokenWish {
    #[schema(example = "deployment")]
    name: String,
    role: Role,
    /// Absent: until it is revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

impl From<Object<Token>> for TokenView {
    fn from(object: Object<Token>) -> Self {
        let state = object.state;
        Self {
            id: object.id,
            name: object.name,
            role: state.role,
            shown: state.shown,
            expires_at: state.expires_at,
            revoked_at: state.revoked_at,
            created_at: object.created_at,
        }
    }
}

/// Service tokens by name.
#[utoipa::path(get, path = "/api/auth/tokens", operation_id = "list_tokens", tag = "identity",
    params(PageParameters), responses((status = 200, body = PageSchema<TokenView>)))]
pub(super) async fn list_tokens(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<TokenView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<Token>(&mut tx, &page).await?.map(TokenView::from)))
}

/// Issues a service token. Its text is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/auth/tokens", operation_id = "issue_token", tag = "identity",
    request_body = TokenWish, responses((status = 201, body = IssuedToken)))]
pub(super) async fn issue_token(
    State(context): State<Context>,
    write: Write,
    Json(TokenWish { name, role, expires_at }): Json<TokenWish>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let (token, text) = token::issue(&mut change, NewToken { name, role, expires_at }).await?;
    let tag = token.tag()?;
    let view = TokenView::from(token);
    let issued = IssuedToken { view: &view, token: text.expose() };
    change.answer_once(StatusCode::CREATED, &issued, &view, Some(tag)).await
}

/// A service token by name or id, without its text.
#[utoipa::path(get, path = "/api/auth/tokens/{token}", operation_id = "get_token", tag = "identity",
    params(("token" = String, Path)), responses((status = 200, body = TokenView)))]
pub(super) async fn get_token(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<TokenView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let token = get::<Token>(&mut tx, &reference).await?;
    Ok(Tagged { tag: token.tag()?, body: token.into() })
}

/// Ends a service token: the next request with it is refused.
#[utoipa::path(post, path = "/api/auth/tokens/{token}/revoke", operation_id = "revoke_token", tag = "identity",
    params(("token" = String, Path)), responses((status = 200, body = TokenView)))]
pub(super) async fn revoke_token(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let token = token::revoke(&mut change, &reference).await?;
    let tag = token.tag()?;
    change.answer(StatusCode::OK, TokenView::from(token), Some(tag)).await
}

mod me;
mod organizations;
mod sign_in;
mod tokens;

use std::sync::Arc;

use axum::Extension;
use glaux_kernel::Permission;
use glaux_platform_kit::Context;
use glaux_web::{change, permit, public};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::attempts::Attempts;

const SELF: Permission = Permission("me.read");
const READ: Permission = Permission("organization.read");
pub(crate) const WRITE: Permission = Permission("organization.write");
const READ_TOKENS: Permission = Permission("tokens.read");
const WRITE_TOKENS: Permission = Permission("tokens.write");
/// Whoever has it is an admin by the next request: no role names it.
const ISSUE_LINKS: Permission = Permission("sign_in_links.issue");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    let signing_in = OpenApiRouter::new()
        .routes(public(routes!(sign_in::follow_link)))
        .layer(Extension(Arc::new(Attempts::default())));
    OpenApiRouter::new()
        .merge(signing_in)
        .routes(permit(ISSUE_LINKS, routes!(sign_in::issue_link)))
        .routes(permit(SELF, routes!(sign_in::sign_out)))
        .routes(permit(SELF, routes!(me::get_me)))
        .routes(permit(READ, routes!(organizations::list_organizations)))
        .routes(permit(READ, routes!(organizations::get_organization)))
        .routes(change(WRITE, routes!(organizations::update_organization)))
        .routes(permit(READ_TOKENS, routes!(tokens::list_tokens)))
        .routes(change(WRITE_TOKENS, routes!(tokens::issue_token)))
        .routes(permit(READ_TOKENS, routes!(tokens::get_token)))
        .routes(change(WRITE_TOKENS, routes!(tokens::revoke_token)))
}

//! Service tokens: what programs call the management API with.

use glaux_kernel::{Secret, Timestamp, TokenId, problem::Code};
use glaux_platform_kit::{Change, Credential, Kind, Object, digest, get};
use glaux_web::{Caller, FieldError, Problem};
use serde::{Deserialize, Serialize};

use crate::{Role, store};

/// What a program calls the management API with.
pub struct Token;

impl Kind for Token {
    const KIND: &'static str = "token";
    const SCHEMA_VERSION: u32 = 1;
    type Id = TokenId;
    type State = TokenState;
}

/// What is known of a token; never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenState {
    /// What it may do.
    pub role: Role,
    /// How its text begins and ends.
    pub shown: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was ended early.
    pub revoked_at: Option<Timestamp>,
}

impl TokenState {
    /// Whether it opens anything at `now`.
    pub(crate) fn holds(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A token that is asked for.
pub(crate) struct NewToken {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Issues a token and gives its text: the only time that it is shown.
pub(crate) async fn issue(change: &mut Change, new: NewToken) -> Result<(Object<Token>, Secret), Problem> {
    let mut errors = Vec::new();
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        errors.push(FieldError::new("/name", "a name has 1 to 100 characters"));
    }
    if new.expires_at.is_some_and(|end| end <= change.context().clock.now()) {
        errors.push(FieldError::new("/expires_at", "this moment has passed"));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    refuse_more_than_own(&change.write().caller, new.role)?;
    let text = Credential::TOKEN.generate(&*change.context().rng);
    let shown = Credential::TOKEN.show(&text);
    let state = TokenState { role: new.role, shown, expires_at: new.expires_at, revoked_at: None };
    let token = change.create::<Token>(&new.name, state).await?;
    store::insert_token_digest(change.rows(), digest(&text), token.id).await?;
    Ok((token, text))
}

/// Ends a token: the next request with it is refused.
pub(crate) async fn revoke(change: &mut Change, reference: &str) -> Result<Object<Token>, Problem> {
    let token = get::<Token>(change.read(), reference).await?;
    if token.state.revoked_at.is_some() {
        return Ok(token);
    }
    store::delete_token_digest(change.rows(), token.id).await?;
    let state = TokenState { revoked_at: Some(change.context().clock.now()), ..token.state.clone() };
    change.replace_as("revoke", token, state).await
}

/// Nobody gives what he does not have.
fn refuse_more_than_own(caller: &Caller, role: Role) -> Result<(), Problem> {
    if role.is_within(&caller.grant) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden, "a token may not do more than the one who issues it"))
}

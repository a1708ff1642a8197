//! Signing in by a link, and signed-in browsers.

use std::time::Duration;

use glaux_kernel::{Secret, SessionId, UserId};
use glaux_platform_kit::{Change, Context, Credential, RowChange, digest, find_by_id};
use glaux_web::{Actor, Caller, Problem, Write};
use serde_json::json;

use crate::{
    User,
    store::{self, NewLink, Validity},
};

/// How long a link can be used.
pub(crate) const LINK_LIFE: Duration = Duration::from_secs(60 * 60);

/// How long a browser stays signed in.
pub(crate) const SESSION_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

const KIND: &str = "session";
const SCHEMA_VERSION: u32 = 1;

/// What signs a person in once, within the hour: the value of `/api/auth/link?token=`.
#[derive(Debug, Clone)]
pub struct SignInLink(pub Secret);

/// Makes a link for a user of the caller's organization.
pub(crate) async fn issue_link(context: &Context, issuer: Caller, user: UserId) -> Result<SignInLink, Problem> {
    let text = Credential::LINK.generate(&*context.rng);
    let now = context.clock.now();
    let mut tx = context.db.organization(issuer.organization).begin().await?;
    store::delete_ended(&mut tx, now).await?;
    let issuer_id = match issuer.actor {
        Actor::User(id) => id.to_string(),
        Actor::Token(id) => id.to_string(),
        Actor::System => "system".to_owned(),
    };
    let link = NewLink {
        sha256: digest(&text),
        user,
        issuer: &issuer_id,
        issuer_name: &issuer.name,
        validity: Validity { from: now, until: now.plus(LINK_LIFE) },
    };
    store::insert_link(&mut tx, link).await?;
    tx.commit().await?;
    Ok(SignInLink(text))
}

/// Signs a person in: uses the link up and gives the session's text. `None` if the link is used, ended or none.
pub(crate) async fn sign_in(context: &Context, link: &Secret) -> Result<Option<Secret>, Problem> {
    if !Credential::LINK.has_form(link) {
        return Ok(None);
    }
    let now = context.clock.now();
    let found = store::find_link(&mut context.db.every_organization().read().await?, digest(link), now).await?;
    let Some(found) = found else { return Ok(None) };
    let mut tx = context.db.organization(found.organization_id).read().await?;
    let Some(user) = find_by_id::<User>(&mut tx, found.user_id).await? else { return Ok(None) };
    drop(tx);

    let caller = Caller {
        actor: Actor::User(user.id),
        name: user.name.clone(),
        organization: found.organization_id,
        grant: user.state.role.grant(),
    };
    // Whoever makes a link for another could follow it in his name: the journal says who made it.
    let reason = match &found.issuer_name {
        Some(issuer) => format!("sign-in link made by {issuer}"),
        None => "sign-in link".to_owned(),
    };
    let mut change = Change::begin(context, Write::by(caller, reason)).await?;
    if store::take_link(change.rows(), digest(link), now).await? == 0 {
        return Ok(None);
    }
    let text = Credential::SESSION.generate(&*context.rng);
    let session = SessionId::new(now, &*context.rng);
    let validity = Validity { from: now, until: now.plus(SESSION_LIFE) };
    store::delete_ended(change.rows(), now).await?;
    store::insert_session(change.rows(), session, user.id, digest(&text), validity).await?;
    let after = Some(json!({ "user": user.id, "expires_at": validity.until, "link_made_by": found.issuer }));
    change.record_row(row(session, &user.name, "sign_in", after)).await?;
    change.commit().await?;
    Ok(Some(text))
}

/// Ends a signed-in browser's session, if it has one.
pub(crate) async fn sign_out(context: &Context, caller: Caller, text: &Secret) -> Result<(), Problem> {
    let now = context.clock.now();
    let found = store::find_session(&mut context.db.every_organization().read().await?, digest(text), now).await?;
    let Some(found) = found else { return Ok(()) };
    let caller = Caller { organization: found.organization_id, ..caller };
    let name = caller.name.clone();
    let mut change = Change::begin(context, Write::by(caller, "signed out")).await?;
    store::delete_session(change.rows(), found.id).await?;
    change.record_row(row(found.id, &name, "sign_out", None)).await?;
    change.commit().await
}

fn row(session: SessionId, name: &str, action: &'static str, after: Option<serde_json::Value>) -> RowChange {
    RowChange {
        kind: KIND,
        schema_version: SCHEMA_VERSION,
        object: session.to_string(),
        name: name.to_owned(),
        action,
        before: None,
        after,
    }
}

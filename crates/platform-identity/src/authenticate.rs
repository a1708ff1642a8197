use std::sync::Arc;

use async_trait::async_trait;
use glaux_kernel::{OrganizationId, Secret, TokenId, UserId};
use glaux_platform_kit::{Context, Credential as Form, digest, find_by_id};
use glaux_web::{Actor, Authenticate, Caller, Credential, Grant, Problem};

use crate::{SignInLink, Token, User, bootstrap, organization, session, store};

/// The id under which the operator's own token acts.
const ADMIN_TOKEN: TokenId = TokenId::from_uuid(sqlx::types::Uuid::nil());

/// Knows callers by what they present.
pub struct Identity {
    context: Context,
    admin_token: [u8; 32],
    organization: OrganizationId,
    admin: UserId,
}

impl Identity {
    /// Makes sure that the first organization and its admin exist. `admin_token` is accepted from now on.
    pub async fn bootstrap(context: Context, admin_token: &Secret) -> Result<Arc<Self>, Problem> {
        let organization = bootstrap::make_organization(&context).await?;
        let admin = bootstrap::make_admin(&context, system(organization)).await?;
        Ok(Arc::new(Self { context, admin_token: digest(admin_token), organization, admin }))
    }

    /// The program itself, acting in the first organization: for bootstrap and the command line.
    pub fn system(&self) -> Caller {
        system(self.organization)
    }

    /// A link by which the first organization's admin signs in once.
    pub async fn issue_admin_link(&self) -> Result<SignInLink, Problem> {
        session::issue_link(&self.context, self.system(), self.admin).await
    }

    async fn find_token(&self, text: &Secret) -> Result<Option<Caller>, Problem> {
        let sha256 = digest(text);
        if sha256 == self.admin_token {
            let (actor, name) = (Actor::Token(ADMIN_TOKEN), "admin token".to_owned());
            return Ok(Some(Caller { actor, name, organization: self.organization, grant: Grant::Everything }));
        }
        if !Form::TOKEN.has_form(text) {
            return Ok(None);
        }
        let mut tx = self.context.db.every_organization().read().await?;
        let Some(found) = store::find_token(&mut tx, sha256).await? else { return Ok(None) };
        let token = find_by_id::<Token>(tx.of(found.organization_id), found.token_id).await?;
        let now = self.context.clock.now();
        Ok(token.filter(|token| token.state.holds(now)).map(|token| Caller {
            actor: Actor::Token(token.id),
            name: token.name,
            organization: found.organization_id,
            grant: token.state.role.grant(),
        }))
    }

    async fn find_session(&self, text: &Secret) -> Result<Option<Caller>, Problem> {
        if !Form::SESSION.has_form(text) {
            return Ok(None);
        }
        let mut tx = self.context.db.every_organization().read().await?;
        let now = self.context.clock.now();
        let Some(found) = store::find_session(&mut tx, digest(text), now).await? else { return Ok(None) };
        let user = find_by_id::<User>(tx.of(found.organization_id), found.user_id).await?;
        Ok(user.map(|user| Caller {
            actor: Actor::User(user.id),
            name: user.name,
            organization: found.organization_id,
            grant: user.state.role.grant(),
        }))
    }
}

fn system(organization: OrganizationId) -> Caller {
    Caller { actor: Actor::System, name: "glaux".to_owned(), organization, grant: Grant::Everything }
}

#[async_trait]
impl Authenticate for Identity {
    async fn authenticate(&self, credential: &Credential) -> Result<Option<Caller>, Problem> {
        match credential {
            Credential::Bearer(text) => self.find_token(text).await,
            Credential::Session(text) => self.find_session(text).await,
        }
    }

    async fn find_organization(&self, reference: &str) -> Result<Option<OrganizationId>, Problem> {
        Ok(organization::find(&self.context.db, reference).await?.map(|organization| organization.id))
    }
}

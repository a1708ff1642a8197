use std::{borrow::Cow, collections::BTreeSet, fmt, sync::Arc};

use async_trait::async_trait;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use glaux_kernel::{OrganizationId, Permission, Secret, TokenId, UserId, problem::Code};

use crate::Problem;

/// The cookie of a signed-in browser.
pub const SESSION_COOKIE: &str = "glaux_session";

/// The header by which a platform admin names the organization to act in, by id or by name.
pub const ORGANIZATION_HEADER: &str = "x-glaux-organization";

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person.
    User(UserId),
    /// A service token.
    Token(TokenId),
    /// The program itself: bootstrap, a schedule, the command line.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Token(id) => id.fmt(f),
            Self::System => f.write_str("system"),
        }
    }
}

/// How a caller proved who he is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// The value of [`SESSION_COOKIE`], which a browser sends by itself.
    Session(Secret),
}

impl Credential {
    /// The credential of a request; the header wins over the cookie.
    pub fn find(headers: &HeaderMap) -> Option<Self> {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        if let Some(token) = bearer {
            return Some(Self::Bearer(Secret::new(token.to_owned())));
        }
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        pairs
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == SESSION_COOKIE)
            .map(|(_, value)| Self::Session(Secret::new(value.to_owned())))
    }

    /// Whether the browser sent it without being asked, so that another site may have caused the request.
    pub fn is_ambient(&self) -> bool {
        matches!(self, Self::Session(_))
    }
}

/// What a caller may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Everything, in every organization: a platform admin.
    Everything,
    /// What is named, in one organization.
    Only(BTreeSet<String>),
}

/// Who makes a request, in which organization, with which rights.
///
/// As an extractor it is what the route's [gate](crate::permit) let through.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// As people know him; for display only.
    pub name: String,
    /// Whose objects are read and written.
    pub organization: OrganizationId,
    /// What he may do.
    pub grant: Grant,
}

impl Caller {
    /// Whether he has the right.
    pub fn may(&self, permission: Permission) -> bool {
        match &self.grant {
            Grant::Everything => true,
            Grant::Only(named) => named.contains(permission.0),
        }
    }

    /// Refuses those who lack the right.
    ///
    /// # Errors
    /// `forbidden`, naming the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.may(permission) {
            return Ok(());
        }
        Err(Problem::new(Code::Forbidden, format!("this needs the permission `{permission}`")))
    }

    /// Acts in the organization that the request names, if it names one.
    ///
    /// # Errors
    /// `forbidden` for those who belong to one organization and name another, `not_found` when there is no such one.
    pub(crate) async fn enter_named_organization(
        mut self,
        parts: &Parts,
        authenticate: &dyn Authenticate,
    ) -> Result<Self, Problem> {
        let Some(named) = named_organization(parts)? else { return Ok(self) };
        let found = authenticate.find_organization(&named).await?;
        match (&self.grant, found) {
            (_, Some(organization)) if organization == self.organization => Ok(self),
            (Grant::Everything, Some(organization)) => {
                self.organization = organization;
                Ok(self)
            }
            (Grant::Everything, None) => Err(Problem::not_found("organization", &named)),
            (Grant::Only(_), _) => {
                Err(Problem::new(Code::Forbidden, "only a platform admin acts in another organization"))
            }
        }
    }
}

/// The organization that the header names; where a WebSocket is asked for, whose headers a browser can't set, also the
/// query parameter `organization`.
fn named_organization(parts: &Parts) -> Result<Option<Cow<'_, str>>, Problem> {
    if let Some(named) = parts.headers.get(ORGANIZATION_HEADER) {
        let named = named.to_str();
        let named = named.map_err(|_| Problem::new(Code::InvalidRequest, "x-glaux-organization is no text"))?;
        return Ok(Some(named.into()));
    }
    if !parts.headers.contains_key(header::UPGRADE) {
        return Ok(None);
    }
    let mut query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    Ok(query.find(|(name, _)| name == "organization").map(|(_, named)| named))
}

/// Knows credentials and organizations. Implemented by the capability that owns them.
#[async_trait]
pub trait Authenticate: Send + Sync + 'static {
    /// Whose credential it is, in his own organization; `None` if it is unknown, expired or revoked.
    async fn authenticate(&self, credential: &Credential) -> Result<Option<Caller>, Problem>;

    /// The organization of this id or name.
    async fn find_organization(&self, reference: &str) -> Result<Option<OrganizationId>, Problem>;
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Arc<Caller>>() {
            Some(caller) => Ok(Caller::clone(caller)),
            None => Err(Problem::internal("a public route asked for its caller")),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn credentials() {
        let check = |pairs: &[(&'static str, &'static str)], expected: Option<(&str, bool)>| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            let found = Credential::find(&headers);
            let got = found.as_ref().map(|credential| match credential {
                Credential::Bearer(secret) | Credential::Session(secret) => (secret.expose(), credential.is_ambient()),
            });
            assert_eq!(got, expected, "{pairs:?}");
        };
        check(&[], None);
        check(&[("authorization", "Bearer glt_1")], Some(("glt_1", false)));
        check(&[("authorization", "bearer  glt_1 ")], Some(("glt_1", false)));
        check(&[("authorization", "Basic eDp5")], None);
        check(&[("cookie", "theme=dark; glaux_session=s1")], Some(("s1", true)));
        check(&[("cookie", "glaux_session=s1"), ("authorization", "Bearer glt_1")], Some(("glt_1", false)));
        check(&[("cookie", "xglaux_session=s1")], None);
    }
}

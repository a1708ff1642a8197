//! Every statement on organizations, and on what finds a caller.

use glaux_kernel::{OrganizationId, SessionId, Timestamp, TokenId, UserId};
use glaux_store::{EverySql, EveryTx, OrgRead, OrgTx, Result, Sql, every_sql, sql};

use crate::organization::{Organization, Settings};

const INSERT_ORGANIZATION: Sql = sql("
    INSERT INTO organizations (id, name, display_name, time_zone, currency, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)");

const UPDATE_ORGANIZATION: Sql = sql("
    UPDATE organizations SET display_name = $2, time_zone = $3, currency = $4, updated_at = $5 WHERE id = $1");

const GET_ORGANIZATION: Sql = sql("
    SELECT id, name, display_name, time_zone, currency FROM organizations WHERE id = $1");

const LIST_ORGANIZATIONS: EverySql = every_sql(
    "
    SELECT id, name, display_name, time_zone, currency FROM organizations ORDER BY id",
);

const FIND_ORGANIZATION: EverySql = every_sql(
    "
    SELECT id, name, display_name, time_zone, currency FROM organizations WHERE id = $1 OR name = $2",
);

const INSERT_TOKEN_DIGEST: Sql = sql("
    INSERT INTO token_digests (organization_id, sha256, token_id) VALUES ($1, $2, $3)");

const DELETE_TOKEN_DIGEST: Sql = sql("
    DELETE FROM token_digests WHERE organization_id = $1 AND token_id = $2");

const FIND_TOKEN: EverySql = every_sql(
    "
    SELECT organization_id, token_id FROM token_digests WHERE sha256 = $1",
);

const INSERT_LINK: Sql = sql("
    INSERT INTO sign_in_links (organization_id, sha256, user_id, created_at, expires_at, issuer, issuer_name)
    VALUES ($1, $2, $3, $4, $5, $6, $7)");

const DELETE_OLD_LINKS: Sql = sql("
    DELETE FROM sign_in_links WHERE organization_id = $1 AND expires_at <= $2");

const FIND_LINK: EverySql = every_sql(
    "
    SELECT organization_id, user_id, issuer, issuer_name FROM sign_in_links WHERE sha256 = $1 AND expires_at > $2",
);

const TAKE_LINK: Sql = sql("
    DELETE FROM sign_in_links WHERE organization_id = $1 AND sha256 = $2 AND expires_at > $3");

const INSERT_SESSION: Sql = sql("
    INSERT INTO sessions (organization_id, id, user_id, sha256, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)");

const DELETE_OLD_SESSIONS: Sql = sql("
    DELETE FROM sessions WHERE organization_id = $1 AND expires_at <= $2");

const FIND_SESSION: EverySql = every_sql(
    "
    SELECT organization_id, id, user_id FROM sessions WHERE sha256 = $1 AND expires_at > $2",
);

const DELETE_SESSION: Sql = sql("
    DELETE FROM sessions WHERE organization_id = $1 AND id = $2");

/// Whose token, link or session it is.
#[derive(sqlx::FromRow)]
pub(crate) struct TokenRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) token_id: TokenId,
}

#[derive(sqlx::FromRow)]
pub(crate) struct LinkRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) user_id: UserId,
    pub(crate) issuer: Option<String>,
    pub(crate) issuer_name: Option<String>,
}

/// A link that is made.
pub(crate) struct NewLink<'l> {
    pub(crate) sha256: [u8; 32],
    pub(crate) user: UserId,
    pub(crate) issuer: &'l str,
    pub(crate) issuer_name: &'l str,
    pub(crate) validity: Validity,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
}

/// A moment from which something holds, and one from which it does not.
#[derive(Clone, Copy)]
pub(crate) struct Validity {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

pub(crate) async fn insert_organization(tx: &mut OrgTx, name: &str, settings: &Settings, now: Timestamp) -> Result<()> {
    let insert = tx.query(INSERT_ORGANIZATION).bind(name).bind(settings.display_name.as_str());
    let insert = insert.bind(settings.time_zone.as_str()).bind(settings.currency.as_str()).bind(now);
    insert.execute().await.map(drop)
}

pub(crate) async fn update_organization(tx: &mut OrgTx, settings: &Settings, now: Timestamp) -> Result<()> {
    let update = tx.query(UPDATE_ORGANIZATION).bind(settings.display_name.as_str());
    let update = update.bind(settings.time_zone.as_str()).bind(settings.currency.as_str()).bind(now);
    update.execute().await.map(drop)
}

pub(crate) async fn get_organization(tx: &mut OrgRead) -> Result<Organization> {
    tx.query(GET_ORGANIZATION).fetch_one().await
}

pub(crate) async fn list_organizations(tx: &mut EveryTx) -> Result<Vec<Organization>> {
    tx.query(LIST_ORGANIZATIONS).fetch_all().await
}

pub(crate) async fn find_organization(
    tx: &mut EveryTx,
    id: Option<OrganizationId>,
    name: &str,
) -> Result<Option<Organization>> {
    tx.query(FIND_ORGANIZATION).bind(id).bind(name).fetch_optional().await
}

pub(crate) async fn insert_token_digest(tx: &mut OrgTx, sha256: [u8; 32], token: TokenId) -> Result<()> {
    tx.query(INSERT_TOKEN_DIGEST).bind(sha256.as_slice()).bind(token).execute().await.map(drop)
}

pub(crate) async fn delete_token_digest(tx: &mut OrgTx, token: TokenId) -> Result<()> {
    tx.query(DELETE_TOKEN_DIGEST).bind(token).execute().await.map(drop)
}

pub(crate) async fn find_token(tx: &mut EveryTx, sha256: [u8; 32]) -> Result<Option<TokenRow>> {
    tx.query(FIND_TOKEN).bind(sha256.as_slice()).fetch_optional().await
}

pub(crate) async fn insert_link(tx: &mut OrgTx, link: NewLink<'_>) -> Result<()> {
    let insert = tx.query(INSERT_LINK).bind(link.sha256.as_slice()).bind(link.user);
    let insert = insert.bind(link.validity.from).bind(link.validity.until);
    insert.bind(link.issuer).bind(link.issuer_name).execute().await.map(drop)
}

pub(crate) async fn find_link(tx: &mut EveryTx, sha256: [u8; 32], now: Timestamp) -> Result<Option<LinkRow>> {
    tx.query(FIND_LINK).bind(sha256.as_slice()).bind(now).fetch_optional().await
}

/// Uses a link up; returns how many there were: one or none.
pub(crate) async fn take_link(tx: &mut OrgTx, sha256: [u8; 32], now: Timestamp) -> Result<u64> {
    tx.query(TAKE_LINK).bind(sha256.as_slice()).bind(now).execute().await
}

pub(crate) async fn insert_session(
    tx: &mut OrgTx,
    session: SessionId,
    user: UserId,
    sha256: [u8; 32],
    validity: Validity,
) -> Result<()> {
    let insert = tx.query(INSERT_SESSION).bind(session).bind(user).bind(sha256.as_slice());
    insert.bind(validity.from).bind(validity.until).execute().await.map(drop)
}

pub(crate) async fn find_session(tx: &mut EveryTx, sha256: [u8; 32], now: Timestamp) -> Result<Option<SessionRow>> {
    tx.query(FIND_SESSION).bind(sha256.as_slice()).bind(now).fetch_optional().await
}

pub(crate) async fn delete_session(tx: &mut OrgTx, session: SessionId) -> Result<()> {
    tx.query(DELETE_SESSION).bind(session).execute().await.map(drop)
}

/// Forgets links and sessions that have ended.
pub(crate) async fn delete_ended(tx: &mut OrgTx, now: Timestamp) -> Result<()> {
    tx.query(DELETE_OLD_LINKS).bind(now).execute().await?;
    tx.query(DELETE_OLD_SESSIONS).bind(now).execute().await.map(drop)
}

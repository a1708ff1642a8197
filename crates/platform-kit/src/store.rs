//! Every statement on `objects` and `secrets`, and what all capabilities need of the organization.

use glaux_kernel::Timestamp;
use glaux_store::{Sql, sql};

pub(crate) const FIND_BY_NAME: Sql = sql("
    SELECT id, name, state, created_at, updated_at FROM objects
    WHERE organization_id = $1 AND kind = $2 AND name = $3");

pub(crate) const FIND_BY_ID: Sql = sql("
    SELECT id, name, state, created_at, updated_at FROM objects
    WHERE organization_id = $1 AND kind = $2 AND id = $3");

/// What is the organization's own comes before what the platform, whose id is the lowest, shares.
pub(crate) const FIND_SHARED: Sql = sql("
    SELECT id, name, state, created_at, updated_at FROM objects
    WHERE organization_id IN ($1, $5) AND kind = $2 AND (name = $3 OR id = $4)
    ORDER BY organization_id DESC LIMIT 1");

pub(crate) const LIST: Sql = sql("
    SELECT id, name, state, created_at, updated_at FROM objects
    WHERE organization_id = $1 AND kind = $2 AND ($3 IS NULL OR name > $3)
    ORDER BY name LIMIT $4");

pub(crate) const LIST_NAMES: Sql =
    sql("SELECT id, name FROM objects WHERE organization_id = $1 AND kind = $2 ORDER BY name");

pub(crate) const INSERT: Sql = sql("
    INSERT INTO objects (organization_id, kind, id, name, state, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)");

pub(crate) const UPDATE: Sql = sql("
    UPDATE objects SET state = $4, updated_at = $5
    WHERE organization_id = $1 AND kind = $2 AND id = $3");

pub(crate) const DELETE: Sql = sql("
    DELETE FROM objects WHERE organization_id = $1 AND kind = $2 AND id = $3");

pub(crate) const INSERT_SECRET: Sql = sql("
    INSERT INTO secrets (organization_id, id, sealed, created_at) VALUES ($1, $2, $3, $4)");

pub(crate) const FIND_SECRET: Sql = sql("
    SELECT sealed FROM secrets WHERE organization_id = $1 AND id = $2");

pub(crate) const DELETE_SECRET: Sql = sql("
    DELETE FROM secrets WHERE organization_id = $1 AND id = $2");

/// Locks the organization for one change at a time.
pub(crate) const TAKE_TURN: Sql = sql("SELECT id FROM organizations WHERE id = $1 /*+ FOR UPDATE */");

pub(crate) const TIME_ZONE: Sql = sql("SELECT time_zone FROM organizations WHERE id = $1");

/// A row of `objects`.
#[derive(sqlx::FromRow)]
pub(crate) struct ObjectRow {
    pub(crate) id: sqlx::types::Uuid,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

//! The journal's routes. They know every kind of object by its state alone, and therefore stand here.

use axum::extract::State;
use glaux_journal::{self as journal, ActorId, Difference, Entry, Filter};
use glaux_kernel::{ChangeId, ChangeSetId, Page, Permission, Timestamp};
use glaux_web::{Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, permit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Context, Module};

/// To read the journal, and to watch it grow.
pub(crate) const READ: Permission = Permission("journal.read");

/// The journal: list, entry, differences, verification.
pub fn journal_module() -> Module {
    let routes = OpenApiRouter::new()
        .routes(permit(READ, routes!(list_journal)))
        .routes(permit(READ, routes!(verify_journal)))
        .routes(permit(READ, routes!(get_journal_entry)))
        .routes(permit(READ, routes!(diff_journal_entry)));
    Module { routes }
}

/// One decision.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalEntry)]
struct EntryView {
    /// Its place among all entries.
    seq: i64,
    /// Its place in the organization's chain.
    number: i64,
    #[schema(value_type = String, example = "chg_01890000000070008000000000000000")]
    id: ChangeId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// user, token or system.
    actor_kind: &'static str,
    /// Absent for system.
    actor_id: Option<String>,
    /// The name, as it was then. Erased when absent.
    actor: Option<String>,
    /// feature, key, model…
    kind: String,
    /// The object's id.
    object: String,
    /// The object's name, as it was then. Erased when absent.
    name: Option<String>,
    action: String,
    reason: Option<String>,
    /// What else was changed as one with it.
    #[schema(value_type = Option<String>)]
    change_set: Option<ChangeSetId>,
    hash: String,
}

/// One decision with both states.
#[derive(Serialize, ToSchema)]
struct JournalEntryDetail {
    #[serde(flatten)]
    entry: EntryView,
    /// The form that the states have.
    schema_version: u32,
    /// The object's state before; absent if there was no such object, or if it was erased.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The object's state after; absent if it is no more, or if it was erased.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// The states, names and reason are erased.
    erased: bool,
    #[schema(value_type = Vec<Object>)]
    differences: Vec<Difference>,
}

/// What a decision changed.
#[derive(Serialize, ToSchema)]
struct JournalDifferences {
    seq: i64,
    /// In the manner of RFC 6902, with the old value beside the new one.
    #[schema(value_type = Vec<Object>, example = json!([{"op": "replace", "path": "/status", "old": "active", "new": "inactive"}]))]
    differences: Vec<Difference>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let (actor, name, reason) = match entry.payload {
            Some(payload) => (Some(payload.actor), Some(payload.name), payload.reason),
            None => (None, None, None),
        };
        Self {
            seq: entry.seq,
            number: entry.number,
            id: entry.id,
            at: entry.at,
            actor_kind: entry.actor.kind(),
            actor_id: match entry.actor {
                ActorId::User(id) => Some(id.to_string()),
                ActorId::Token(id) => Some(id.to_string()),
                ActorId::System => None,
            },
            actor,
            kind: entry.kind,
            object: entry.object,
            name,
            action: entry.action,
            reason,
            change_set: entry.change_set,
            hash: entry.hash.to_string(),
        }
    }
}

impl From<Entry> for JournalEntryDetail {
    fn from(mut entry: Entry) -> Self {
        let erased = entry.payload.is_none();
        let states = entry.payload.as_mut().map(|payload| (payload.before.take(), payload.after.take()));
        let (before, after) = states.unwrap_or_default();
        let differences = journal::diff(before.as_ref(), after.as_ref());
        let schema_version = entry.schema_version;
        Self { entry: entry.into(), schema_version, before, after, erased, differences }
    }
}

/// Which entries are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EntryFilter {
    /// Of this kind of object: feature, key, model…
    kind: Option<String>,
    /// Of this object, by its id.
    object: Option<String>,
    /// By this user or token, by its id; `system` is the program itself.
    actor: Option<String>,
    /// At this moment or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

/// What is wrong with a journal, if anything is.
#[derive(Serialize, ToSchema)]
struct JournalVerification {
    /// Entries that are whole.
    entries: i64,
    /// How many of these have their payload erased.
    erased: i64,
    /// The hash of the last of these.
    head: String,
    /// Where the chain breaks; absent when it is whole.
    broken: Option<String>,
}

fn actor(text: &str) -> Result<ActorId, Problem> {
    if text == "system" {
        return Ok(ActorId::System);
    }
    let user = text.parse().map(ActorId::User).ok();
    let token = || text.parse().map(ActorId::Token).ok();
    user.or_else(token).ok_or_else(|| Problem::malformed("?actor", "an actor is user_…, tok_… or system"))
}

pub(crate) fn failed(error: journal::Error) -> Problem {
    match error {
        journal::Error::NotFound(seq) => Problem::not_found("journal entry", &seq.to_string()),
        journal::Error::Cursor(_) => Problem::malformed("?cursor", error.to_string()),
        journal::Error::Store(error) => error.into(),
        journal::Error::Inexact { pointer, number } => {
            let field = pointer.strip_prefix("/after").unwrap_or(&pointer);
            let detail = format!("{number} is beyond what JSON keeps exactly, 9007199254740991");
            Problem::invalid(vec![FieldError::new(field, detail)])
        }
        journal::Error::Damaged { .. } | journal::Error::Internal(_) => Problem::internal(error),
    }
}

/// Decisions, the latest first.
#[utoipa::path(get, path = "/api/platform/ai-management/journal", operation_id = "list_journal", tag = "journal",
    params(EntryFilter, PageParameters), responses((status = 200, body = PageSchema<EntryView>)))]
async fn list_journal(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<EntryFilter>,
    Paging(page): Paging,
) -> Result<Json<Page<EntryView>>, Problem> {
    let filter = Filter {
        kind: asked.kind,
        object: asked.object,
        actor: asked.actor.as_deref().map(actor).transpose()?,
        from: asked.from,
        to: asked.to,
    };
    let mut tx = context.db.organization(caller.organization).read().await?;
    let entries = journal::list(&mut tx, &filter, &page).await.map_err(failed)?;
    Ok(Json(entries.map(EntryView::from)))
}

/// One decision, with the states before and after.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/{seq}", operation_id = "get_journal_entry",
    tag = "journal", params(("seq" = i64, Path)), responses((status = 200, body = JournalEntryDetail)))]
async fn get_journal_entry(
    State(context): State<Context>,
    caller: Caller,
    Path(seq): Path<i64>,
) -> Result<Json<JournalEntryDetail>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(journal::get(&mut tx, seq).await.map_err(failed)?.into()))
}

/// What a decision changed.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/{seq}/diff", operation_id = "diff_journal_entry",
    tag = "journal", params(("seq" = i64, Path)), responses((status = 200, body = JournalDifferences)))]
async fn diff_journal_entry(
    State(context): State<Context>,
    caller: Caller,
    Path(seq): Path<i64>,
) -> Result<Json<JournalDifferences>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let entry = JournalEntryDetail::from(journal::get(&mut tx, seq).await.map_err(failed)?);
    Ok(Json(JournalDifferences { seq, differences: entry.differences }))
}

/// Recomputes the organization's chain.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/verify", operation_id = "verify_journal",
    tag = "journal", responses((status = 200, body = JournalVerification)))]
async fn verify_journal(State(context): State<Context>, caller: Caller) -> Result<Json<JournalVerification>, Problem> {
    let found = journal::verify(&context.db, caller.organization).await.map_err(failed)?;
    let broken = found.broken.map(|broken| format!("entry {}: {}", broken.number, broken.fault));
    Ok(Json(JournalVerification { entries: found.entries, erased: found.erased, head: found.head.to_string(), broken }))
}

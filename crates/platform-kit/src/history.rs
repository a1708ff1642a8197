//! The journal's routes. They know every kind of object by its state alone, and therefore stand here.

use axum::extract::State;
use glaux_journal::{self as journal, ActorId, Entry, Filter};
use glaux_kernel::{Page, Permission, Timestamp};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, permit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Context, Module};

const READ: Permission = Permission("journal.read");

/// The journal: list, entry with its differences, verification.
pub fn journal_module() -> Module {
    let routes = OpenApiRouter::new()
        .routes(permit(READ, routes!(list_journal)))
        .routes(permit(READ, routes!(verify_journal)))
        .routes(permit(READ, routes!(get_journal_entry)));
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
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// user, token or system.
    actor_kind: &'static str,
    /// Erased when absent.
    actor: Option<String>,
    kind: String,
    object: String,
    /// Erased when absent.
    name: Option<String>,
    action: String,
    reason: Option<String>,
    hash: String,
    /// What turned the state before into the state after; in the answer about one entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    differences: Option<Vec<journal::Difference>>,
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
            at: entry.at,
            actor_kind: entry.actor.kind(),
            actor,
            kind: entry.kind,
            object: entry.object,
            name,
            action: entry.action,
            reason,
            hash: entry.hash.to_string(),
            differences: None,
        }
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

fn failed(error: journal::Error) -> Problem {
    match error {
        journal::Error::NotFound(seq) => Problem::not_found("journal entry", &seq.to_string()),
        journal::Error::Cursor(_) => Problem::malformed("?cursor", error.to_string()),
        journal::Error::Store(error) => error.into(),
        journal::Error::Inexact { .. } | journal::Error::Damaged { .. } | journal::Error::Internal(_) => {
            Problem::internal(error)
        }
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

/// One decision, and what it changed.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/{seq}", operation_id = "get_journal_entry",
    tag = "journal", params(("seq" = i64, Path)), responses((status = 200, body = EntryView)))]
async fn get_journal_entry(
    State(context): State<Context>,
    caller: Caller,
    Path(seq): Path<i64>,
) -> Result<Json<EntryView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let entry = journal::get(&mut tx, seq).await.map_err(failed)?;
    let states = entry.payload.as_ref().map(|payload| (payload.before.clone(), payload.after.clone()));
    let differences = states.map(|(before, after)| journal::diff(before.as_ref(), after.as_ref()));
    Ok(Json(EntryView { differences, ..entry.into() }))
}

/// Recomputes the organization's chain.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/verify", operation_id = "verify_journal",
    tag = "journal", responses((status = 200, body = JournalVerification)))]
async fn verify_journal(State(context): State<Context>, caller: Caller) -> Result<Json<JournalVerification>, Problem> {
    let found = journal::verify(&context.db, caller.organization).await.map_err(failed)?;
    let broken = found.broken.map(|broken| format!("entry {}: {}", broken.number, broken.fault));
    Ok(Json(JournalVerification { entries: found.entries, erased: found.erased, head: found.head.to_string(), broken }))
}

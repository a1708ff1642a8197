//! The journal's routes. They know every kind of object by its state alone, and therefore stand here.

mod view;

use std::{collections::BTreeMap, sync::Arc};

use axum::{Extension, extract::State, http::StatusCode, response::Response};
use glaux_journal::{self as journal, ActorId, Difference, Filter};
use glaux_kernel::{Page, Permission, Timestamp};
use glaux_web::{
    Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, Write, change, permit,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::view::{EntryView, JournalEntryDetail, UndoView};
use crate::{
    Change, Context, Module,
    undo::{RIGHT, Undo, Undoing},
};

/// To read the journal, and to watch it grow.
pub(crate) const READ: Permission = Permission("journal.read");

/// The journal: list, entry, differences, verification; and the way back, for decisions about `kinds`.
pub fn journal_module(kinds: Vec<Arc<dyn Undo>>) -> Module {
    let routes = OpenApiRouter::new()
        .routes(permit(READ, routes!(list_journal)))
        .routes(permit(READ, routes!(verify_journal)))
        .routes(permit(READ, routes!(get_journal_entry)))
        .routes(permit(READ, routes!(diff_journal_entry)))
        .routes(change(RIGHT, routes!(undo_journal_entry)))
        .layer(Extension(Undoing::new(kinds)));
    Module { routes }
}

/// What a decision changed.
#[derive(Serialize, ToSchema)]
struct JournalDifferences {
    seq: i64,
    /// In the manner of RFC 6902, with the old value beside the new one.
    #[schema(value_type = Vec<Object>, example = json!([{"op": "replace", "path": "/status", "old": "active", "new": "inactive"}]))]
    differences: Vec<Difference>,
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
struct JournalUndone {
    /// The entry.
    undoes: i64,
    /// Of which kind of object.
    kind: String,
    /// The object's id: the same as before where it was made again.
    object: String,
    name: String,
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
    /// With this text in a name, a reason, an id, or the words for kind and action; upper and lower case are one. A page
    /// may then be short and yet not the last.
    q: Option<String>,
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
    Extension(undoing): Extension<Undoing>,
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
        text: asked.q.filter(|text| !text.is_empty()),
    };
    let mut tx = context.db.organization(caller.organization).read().await?;
    let entries = journal::list(&mut tx, &filter, &page).await.map_err(failed)?;
    // What took an entry of the page back may itself have been taken back, by entries that are all later.
    let first = entries.items.last().map_or(i64::MAX, |last| last.seq);
    let undone = journal::find_undone(&mut tx, first..=i64::MAX).await.map_err(failed)?;
    Ok(Json(entries.map(|entry| {
        let undone_by = undone.get(&entry.seq).copied();
        let in_force = undone_by.filter(|seq| is_in_force(&undone, *seq));
        let taken_back = in_force.map(|seq| format!("entry {seq} took it back"));
        let refused = || undoing.judge(&entry, &caller).err().map(|refusal| refusal.to_string());
        let undo = UndoView::new(&entry, undone_by, taken_back.or_else(refused));
        EntryView::new(entry, undo)
    })))
}

/// Whether what the entry decided holds, as far as taking back goes: nothing took it back, or that was taken back.
fn is_in_force(undone: &BTreeMap<i64, i64>, seq: i64) -> bool {
    std::iter::successors(undone.get(&seq), |later| undone.get(*later)).count() % 2 == 0
}

/// One decision, with the states before and after.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/{seq}", operation_id = "get_journal_entry",
    tag = "journal", params(("seq" = i64, Path)), responses((status = 200, body = JournalEntryDetail)))]
async fn get_journal_entry(
    State(context): State<Context>,
    Extension(undoing): Extension<Undoing>,
    caller: Caller,
    Path(seq): Path<i64>,
) -> Result<Json<JournalEntryDetail>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let entry = journal::get(&mut tx, seq).await.map_err(failed)?;
    let undone_by = journal::find_undone(&mut tx, seq..=seq).await.map_err(failed)?.remove(&seq);
    let refusal = undoing.find_refusal(&mut tx, &entry, &caller).await?;
    let undo = UndoView::new(&entry, undone_by, refusal.map(|refusal| refusal.to_string()));
    Ok(Json(JournalEntryDetail::new(entry, undo)))
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
    let entry = journal::get(&mut tx, seq).await.map_err(failed)?;
    Ok(Json(JournalDifferences { seq, differences: view::differences(&entry) }))
}

/// Takes a decision back: what it made is removed, what it removed is there again under its old id, what it changed is
/// as before. That is a decision too, with an entry of its own, which can be taken back as well.
///
/// 409 says why it can't be: the object was changed since, the inverse would break a rule, or what it needs is gone, as
/// credentials are that were replaced.
#[utoipa::path(post, path = "/api/platform/ai-management/journal/{seq}/undo", operation_id = "undo_journal_entry",
    tag = "journal", params(("seq" = i64, Path)), responses((status = 200, body = JournalUndone)))]
async fn undo_journal_entry(
    State(context): State<Context>,
    Extension(undoing): Extension<Undoing>,
    write: Write,
    Path(seq): Path<i64>,
) -> Result<Response, Problem> {
    let caller = write.caller.clone();
    let mut change = Change::begin_undo(&context, write, seq).await?;
    let entry = journal::get(change.read(), seq).await.map_err(failed)?;
    if let Some(refusal) = undoing.find_refusal(change.read(), &entry, &caller).await? {
        return Err(refusal.into());
    }
    undoing.take_back(&mut change, &entry).await?;
    let name = entry.payload.map(|payload| payload.name).unwrap_or_default();
    let undone = JournalUndone { undoes: seq, kind: entry.kind, object: entry.object, name };
    change.answer(StatusCode::OK, undone, None).await
}

/// Recomputes the organization's chain.
#[utoipa::path(get, path = "/api/platform/ai-management/journal/verify", operation_id = "verify_journal",
    tag = "journal", responses((status = 200, body = JournalVerification)))]
async fn verify_journal(State(context): State<Context>, caller: Caller) -> Result<Json<JournalVerification>, Problem> {
    let found = journal::verify(&context.db, caller.organization).await.map_err(failed)?;
    let broken = found.broken.map(|broken| format!("entry {}: {}", broken.number, broken.fault));
    Ok(Json(JournalVerification { entries: found.entries, erased: found.erased, head: found.head.to_string(), broken }))
}

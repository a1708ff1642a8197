//! A capability with one kind of object, as small as one can be.

use async_trait::async_trait;
use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{FindingId, Permission, Secret};
use glaux_platform_kit::{Change, Context, Inverse, Kind, Module, Object, Undoable, find, find_mention, get, undo_of};
use glaux_store::OrgRead;
use glaux_testkit::{database::TestDatabase, management::Management};
use glaux_web::{Caller, Json, Path, Problem, Tagged, Write, change, live::EventKind, permit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) const READ: Permission = Permission("notes.read");
pub(crate) const WRITE: Permission = Permission("notes.write");

pub(crate) struct Note;

impl Kind for Note {
    const KIND: &'static str = "note";
    const SCHEMA_VERSION: u32 = 1;
    type Id = FindingId;
    type State = NoteState;
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct NoteState {
    pub(crate) text: String,
}

/// A note whose text is another's name is about that one, which stays as long.
#[async_trait]
impl Undoable for Note {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    fn find_loss(_: Option<&NoteState>, after: Option<&NoteState>) -> Option<String> {
        after.filter(|note| note.text == "sealed").map(|_| "what was sealed is not unsealed".to_owned())
    }

    async fn find_need(tx: &mut OrgRead, note: &Object<Self>) -> Result<Option<String>, Problem> {
        let about = find_mention(tx, Self::KIND, &note.name).await?;
        Ok(about.map(|name| format!("the note {name} is about it")))
    }

    async fn find_fault(tx: &mut OrgRead, note: &Object<Self>) -> Result<Option<String>, Problem> {
        let Some(about) = note.state.text.strip_prefix("about ") else { return Ok(None) };
        let missing = find::<Self>(tx, about).await?.is_none();
        Ok(missing.then(|| format!("there is no note {about}")))
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Body {
    text: String,
}

/// The API with notes in it.
pub(crate) async fn start(database: TestDatabase) -> Management {
    let routes = OpenApiRouter::new()
        .routes(permit(READ, routes!(get_note)))
        .routes(change(WRITE, routes!(put_note, delete_note)))
        .routes(change(WRITE, routes!(seal_note)));
    let kit = [glaux_platform_kit::journal_module(vec![undo_of::<Note>()]), glaux_platform_kit::live_module()];
    Management::start(database, kit.into_iter().chain([Module { routes }]).collect()).await
}

fn view(note: &Object<Note>) -> Value {
    json!({ "id": note.id, "name": note.name, "text": note.state.text })
}

#[utoipa::path(get, path = "/notes/{name}")]
async fn get_note(
    State(context): State<Context>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Tagged<Value>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let note = get::<Note>(&mut tx, &name).await?;
    Ok(Tagged { tag: note.tag()?, body: view(&note) })
}

#[utoipa::path(put, path = "/notes/{name}")]
async fn put_note(
    State(context): State<Context>,
    write: Write,
    Path(name): Path<String>,
    Json(Body { text }): Json<Body>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let note = match find::<Note>(change.read(), &name).await? {
        Some(note) => change.replace(note, NoteState { text }).await?,
        None => change.create(&name, NoteState { text }).await?,
    };
    change.announce(EventKind::MetricsUpdated, READ, &json!({ "name": name }))?;
    let tag = note.tag()?;
    change.answer(StatusCode::OK, view(&note), Some(tag)).await
}

#[utoipa::path(delete, path = "/notes/{name}")]
async fn delete_note(
    State(context): State<Context>,
    write: Write,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let note = get::<Note>(change.read(), &name).await?;
    change.delete(&note).await?;
    change.answer(StatusCode::OK, view(&note), None).await
}

/// Makes a note and shows something once.
#[utoipa::path(post, path = "/notes/{name}/seal")]
async fn seal_note(
    State(context): State<Context>,
    write: Write,
    Path(name): Path<String>,
    Json(Body { text }): Json<Body>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    change.seal(&Secret::new(text)).await?;
    let note = change.create::<Note>(&name, NoteState { text: "sealed".to_owned() }).await?;
    let mut shown = view(&note);
    shown["shown_once"] = json!("open sesame");
    change.answer_once(StatusCode::CREATED, &shown, &view(&note), None).await
}

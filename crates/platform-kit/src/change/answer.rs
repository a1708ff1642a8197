//! How a change ends: kept and answered, or answered and undone.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use glaux_journal::{Difference, diff};
use glaux_web::{Problem, Run, Tag, idempotency::StoredAnswer};
use serde::Serialize;
use serde_json::Value;

use super::{Change, Recorded};

/// An answer that says which journal entry the change became.
#[derive(Debug, Serialize)]
pub struct Changed<T> {
    /// What was asked for.
    #[serde(flatten)]
    pub body: T,
    /// The last journal entry of the change; absent when nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_seq: Option<i64>,
}

/// The answer of a dry run: what would be answered, and what would change.
#[derive(Serialize)]
struct Planned<'a, T> {
    #[serde(flatten)]
    body: &'a T,
    dry_run: bool,
    changes: Vec<PlannedEntry<'a>>,
}

/// An answer that says what changed.
#[derive(Serialize)]
struct Told<T> {
    #[serde(flatten)]
    body: T,
    changes: Value,
}

/// An entry that the journal has or would have.
#[derive(Serialize)]
struct PlannedEntry<'a> {
    kind: &'static str,
    name: &'a str,
    action: &'static str,
    differences: Vec<Difference>,
}

impl<'a> From<&'a Recorded> for PlannedEntry<'a> {
    fn from(entry: &'a Recorded) -> Self {
        let differences = diff(entry.before.as_ref(), entry.after.as_ref());
        Self { kind: entry.kind, name: &entry.name, action: entry.action, differences }
    }
}

impl Change {
    /// Commits, has the gateways swap, and answers. Of a dry run nothing stays but the answer.
    pub async fn answer<T: Serialize>(
        self,
        status: StatusCode,
        body: T,
        tag: Option<Tag>,
    ) -> Result<Response, Problem> {
        self.answer_once(status, &body, &body, tag).await
    }

    /// The same for a change of much: what changes is told as in a dry run.
    pub async fn answer_with_changes<T: Serialize>(self, status: StatusCode, body: T) -> Result<Response, Problem> {
        if self.write.run == Run::Dry {
            return self.answer(status, body, None).await;
        }
        let changes: Vec<_> = self.recorded.iter().map(PlannedEntry::from).collect();
        let changes = serde_json::to_value(changes).map_err(Problem::internal)?;
        self.answer(status, Told { body, changes }, None).await
    }

    /// The same for an answer that holds something that is shown once: `kept` is what a repeated request and a dry run
    /// are answered.
    pub async fn answer_once<T: Serialize, U: Serialize>(
        mut self,
        status: StatusCode,
        shown: &T,
        kept: &U,
        tag: Option<Tag>,
    ) -> Result<Response, Problem> {
        if self.write.run == Run::Dry {
            let changes = self.recorded.iter().map(PlannedEntry::from).collect();
            let body = text(&Planned { body: kept, dry_run: true, changes })?;
            self.tx.rollback().await?;
            return Ok(response(StatusCode::OK, body, None));
        }
        let journal_seq = self.recorded.last().map(|entry| entry.seq);
        let body = text(&Changed { body: shown, journal_seq })?;
        if let Some(once) = self.write.once.take() {
            let stored = StoredAnswer {
                status: status.as_u16(),
                tag: tag.as_ref().map(ToString::to_string),
                body: text(&Changed { body: kept, journal_seq })?,
            };
            once.keep(&mut self.tx, &stored, self.context.clock.now()).await?;
        }
        self.commit().await?;
        Ok(response(status, body, tag.as_ref()))
    }
}

fn text(body: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(body).map_err(Problem::internal)
}

fn response(status: StatusCode, body: String, tag: Option<&Tag>) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response();
    response.headers_mut().extend(tag.and_then(Tag::header).map(|value| (header::ETAG, value)));
    response
}

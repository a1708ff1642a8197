//! Callers of every kind, and what each of them has seen.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{HeaderMap, StatusCode};
use tokio::task::JoinHandle;

use crate::process::Glaux;

/// What callers have seen, by the ids of their calls.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The answer came whole.
    pub(crate) answered: Vec<String>,
    /// The caller hung up in the middle of the answer.
    pub(crate) hung_up: Vec<String>,
    /// The answer had begun when the connection broke.
    pub(crate) cut: Vec<String>,
    /// Answers that are none: status and text.
    pub(crate) refused: Vec<String>,
    /// Requests to which nothing came.
    pub(crate) unanswered: usize,
}

impl Seen {
    pub(crate) fn add(&mut self, other: Self) {
        self.answered.extend(other.answered);
        self.hung_up.extend(other.hung_up);
        self.cut.extend(other.cut);
        self.refused.extend(other.refused);
        self.unanswered += other.unanswered;
    }
}

/// Callers at work, each until it is told to stop or its connection breaks.
pub(crate) struct Load {
    callers: Vec<JoinHandle<Seen>>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// Every fourth caller streams, every fourth hangs up in the middle of a stream, every fourth waits for slow answers.
    pub(crate) fn start(glaux: &Arc<Glaux>, key: &str, callers: usize, pause: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let callers = (0..callers).map(|number| {
            let (glaux, key, stop) = (Arc::clone(glaux), key.to_owned(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut seen = Seen::default();
                while !stop.load(Ordering::Relaxed) && call(&glaux, &key, number, &mut seen).await {
                    tokio::time::sleep(pause).await;
                }
                seen
            })
        });
        Self { callers: callers.collect(), stop }
    }

    /// Lets open calls end.
    pub(crate) async fn finish(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for caller in self.callers {
            all.add(caller.await.unwrap());
        }
        all
    }
}

/// One call; whether the connection still holds.
async fn call(glaux: &Glaux, key: &str, caller: usize, seen: &mut Seen) -> bool {
    match caller % 4 {
        0 => whole(glaux, key, "sandbox/echo+slow-100", seen).await,
        1 => stream(glaux, key, seen).await,
        2 => hang_up(glaux, key, seen).await,
        _ => whole(glaux, key, "sandbox/echo", seen).await,
    }
}

async fn whole(glaux: &Glaux, key: &str, model: &str, seen: &mut Seen) -> bool {
    let Ok(answer) = glaux.chat(key, model).await else {
        seen.unanswered += 1;
        return false;
    };
    let (id, is_whole) = (id(&answer.headers), answer.text.ends_with('}'));
    match (answer.status, is_whole) {
        (StatusCode::OK, true) => seen.answered.push(id),
        (StatusCode::OK, false) => seen.cut.push(id),
        (status, _) => seen.refused.push(format!("{status}: {}", answer.text)),
    }
    is_whole
}

const STREAM: &str = "sandbox/say-100+pace-20";

async fn stream(glaux: &Glaux, key: &str, seen: &mut Seen) -> bool {
    let Ok(stream) = glaux.stream(key, STREAM).await else {
        seen.unanswered += 1;
        return false;
    };
    let (status, id) = (stream.status, id(&stream.headers));
    let text = stream.rest().await.unwrap_or_default();
    let is_whole = text.trim_end().ends_with("data: [DONE]");
    match (status, is_whole) {
        (StatusCode::OK, true) => seen.answered.push(id),
        (StatusCode::OK, false) => seen.cut.push(id),
        (status, _) => seen.refused.push(format!("{status}: {text}")),
    }
    is_whole
}

async fn hang_up(glaux: &Glaux, key: &str, seen: &mut Seen) -> bool {
    let Ok(mut stream) = glaux.stream(key, STREAM).await else {
        seen.unanswered += 1;
        return false;
    };
    let (status, id) = (stream.status, id(&stream.headers));
    let begun = stream.next().await.is_some();
    match (status, begun) {
        (StatusCode::OK, true) => seen.hung_up.push(id),
        (StatusCode::OK, false) => seen.cut.push(id),
        (status, _) => seen.refused.push(status.to_string()),
    }
    begun
}

fn id(headers: &HeaderMap) -> String {
    headers["x-glaux-request-id"].to_str().unwrap().to_owned()
}

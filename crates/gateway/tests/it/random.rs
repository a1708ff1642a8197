//! Whatever providers do and clients do not wait for: nothing stays held, and what is spent is what was settled.

use std::{collections::HashSet, sync::Arc, time::Duration};

use glaux_kernel::Rng;
use glaux_testkit::rng::SeededRng;
use http_body_util::BodyExt;

use crate::{shape::Shape, world::World};

const CHAT: &str = "/v1/chat/completions";
const CALLERS: usize = 32;

/// When a client has had enough.
#[derive(Debug, Clone, Copy)]
enum Patience {
    Endless,
    Pieces(u64),
    Time(Duration),
}

async fn check(seed: u64) {
    let rng = SeededRng::new(seed);
    let shape = Shape::random(&rng);
    let (world, upstream) = shape.start().await;
    let world = Arc::new(world);
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let patience = match rng.next_u64() % 3 {
                0 => Patience::Endless,
                1 => Patience::Pieces(rng.next_u64() % 4),
                _ => Patience::Time(Duration::from_millis(rng.next_u64() % 30)),
            };
            tokio::spawn(call(Arc::clone(&world), shape.body(), patience))
        })
        .collect();
    let mut heard = HashSet::new();
    for caller in callers {
        heard.extend(caller.await.unwrap());
    }

    let books = world.books().await;
    let overruns = books.assert_overruns_told(&world.ledger);
    let recorded: HashSet<String> = books.calls.iter().map(|call| call.call.to_string()).collect();
    assert!(heard.is_subset(&recorded) && recorded.len() <= CALLERS, "seed {seed}: {shape:?}");
    let sent = books.attempts.iter().filter(|attempt| !attempt.released).count() as u64;
    assert!(upstream.tally().total().requests <= sent, "seed {seed}: {shape:?}");
    let budget = &world.document.budgets[0];
    if budget.action == glaux_routing::document::BudgetAction::Block {
        let amount = budget.amount.nanos();
        assert!(books.most_committed <= amount && books.cost() <= amount + overruns.1, "seed {seed}: {shape:?}");
    }
}

/// The id of a call whose answer began.
async fn call(world: Arc<World>, body: String, patience: Patience) -> Option<String> {
    let patient = if let Patience::Time(time) = patience { time } else { Duration::from_secs(60) };
    let mut id = None;
    let reading = async {
        let mut response = world.begin(CHAT, &body, &[]).await;
        id = Some(response.headers()["x-glaux-request-id"].to_str().unwrap().to_owned());
        let mut pieces = 0;
        while !matches!(patience, Patience::Pieces(most) if pieces >= most) {
            if response.body_mut().frame().await.is_none() {
                break;
            }
            pieces += 1;
        }
    };
    // Who runs out of it hangs up.
    tokio::time::timeout(patient, reading).await.ok();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_held_and_what_is_spent_was_settled() {
    for seed in 0..24 {
        check(seed).await;
    }
}

mod soak {
    /// Takes minutes: `make soak`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_stays_held_over_two_thousand_seeds() {
        if !crate::is_soaking() {
            return;
        }
        for seed in 0..2000 {
            super::check(seed).await;
        }
    }
}

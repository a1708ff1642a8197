//! Calls over the network, answered by scripted providers in the formats of real ones.

mod connections;
mod dialects;
mod faults;
mod hanging_up;
mod pass_through;
mod stuck;

use glaux_llm::ProviderKind;
use glaux_routing::document::{Policy, ProviderLimits};
use glaux_testkit::upstream::ScriptedUpstream;

use crate::world::World;

const CHAT: &str = "/v1/chat/completions";
/// 19 tokens at 400 nano-dollars and 10 at 1,600.
const TOLD: (&str, i64) = ("in=19,out=10", 23_600);

/// A gateway whose feature `chatbot` is served by `model` of a scripted provider of that kind, in one attempt.
async fn start(kind: ProviderKind, model: &str, limits: ProviderLimits) -> (World, ScriptedUpstream) {
    let mut world = World::start().await;
    let upstream = ScriptedUpstream::start().await;
    let base = if kind == ProviderKind::Gemini { upstream.v1beta() } else { upstream.v1() };
    world.add_provider(kind, base, limits);
    world.add_model_of(kind, model);
    world.assign("chatbot", &[&format!("{kind}/{model}")], Policy { retries: 0, ..Policy::default() });
    (world, upstream)
}

/// A chat with the feature, of 100 tokens at most.
fn chat(more: &str) -> String {
    format!(
        r#"{{"model":"chatbot","max_completion_tokens":100,"messages":[{{"role":"user","content":"one two three"}}]{more}}}"#
    )
}

use glaux_kernel::Rng;
use glaux_ledger::{CommitMode, Options};
use glaux_llm::ProviderKind;
use glaux_routing::document::{BudgetAction, Policy, ProviderLimits};
use glaux_testkit::upstream::ScriptedUpstream;

use crate::world::{World, scratch};

/// A call, and what it meets on its way.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Scripts of the models that are tried, in order.
    pub(crate) models: Vec<String>,
    /// Where the first of them are; the rest is in another provider's format.
    pub(crate) kinds: [ProviderKind; 2],
    pub(crate) policy: Policy,
    pub(crate) limits: ProviderLimits,
    pub(crate) commit: CommitMode,
    /// A budget above all calls.
    pub(crate) dollars: &'static str,
    pub(crate) action: BudgetAction,
    pub(crate) streams: bool,
    /// The most that may be written, if the client says so.
    pub(crate) asked: Option<u64>,
    /// Bytes of the prompt.
    pub(crate) prompt: usize,
}

impl Shape {
    /// A call that these scripts answer, one after the other, of a client and providers that speak OpenAI.
    pub(crate) fn of(models: &[&str]) -> Self {
        Self {
            models: models.iter().map(|model| (*model).to_owned()).collect(),
            kinds: [ProviderKind::OpenAi; 2],
            policy: Policy { retries: 0, retry_backoff_ms: 1, retry_budget_percent: 100, ..Policy::default() },
            limits: ProviderLimits {
                first_byte_timeout_ms: 100,
                idle_timeout_ms: 100,
                total_timeout_ms: 300,
                drain_timeout_ms: 100,
                ..ProviderLimits::default()
            },
            commit: CommitMode::Process,
            dollars: "1",
            action: BudgetAction::Block,
            streams: false,
            asked: Some(100),
            prompt: 20,
        }
    }

    pub(crate) fn streamed(models: &[&str]) -> Self {
        Self { streams: true, ..Self::of(models) }
    }

    /// Any call at all.
    pub(crate) fn random(rng: &dyn Rng) -> Self {
        let below = |most: u64| rng.next_u64() % most;
        let kind = || [ProviderKind::OpenAi, ProviderKind::Anthropic][below(2) as usize];
        let mut shape = Self::of(&[]);
        // The number keeps apart what would be one model.
        shape.models = (0..=below(2)).map(|number| format!("in={},{}", 10 + number, random_script(rng))).collect();
        shape.kinds = [kind(), kind()];
        shape.policy.retries = below(3) as u32;
        shape.limits.concurrency = (below(3) == 0).then_some(4);
        shape.limits.queue_timeout_ms = 50;
        shape.limits.drain_timeout_ms = [0, 10, 300][below(3) as usize];
        shape.commit = [CommitMode::Process, CommitMode::Power][below(2) as usize];
        shape.dollars = ["0.000500", "0.010000", "1"][below(3) as usize];
        shape.action = [BudgetAction::Block, BudgetAction::Notify][below(2) as usize];
        shape.streams = below(3) > 0;
        shape.asked = [None, Some(1), Some(20), Some(500)][below(4) as usize];
        shape.prompt = [1, 100, 20_000][below(3) as usize];
        shape
    }

    /// A gateway whose feature `chatbot` is served so.
    pub(crate) async fn start(&self) -> (World, ScriptedUpstream) {
        let mut world = World::start_in(scratch(), &self.ledger()).await;
        let upstream = ScriptedUpstream::start().await;
        let mut names = Vec::new();
        for (number, script) in self.models.iter().enumerate() {
            let kind = self.kinds[number.min(1)];
            if !world.document.providers.iter().any(|provider| provider.kind == kind) {
                world.add_provider(kind, upstream.v1(), self.limits);
            }
            world.add_model_of(kind, script);
            names.push(format!("{kind}/{script}"));
        }
        world.add_budget(self.dollars, self.action);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        world.assign("chatbot", &names, self.policy.clone());
        if self.policy.cache_ttl_seconds > 0 {
            world.keep_payloads("chatbot", 1);
        }
        (world, upstream)
    }

    /// Small and without checkpoints in between, so that it can be copied at any moment.
    pub(crate) fn ledger(&self) -> Options {
        Options {
            commit: self.commit,
            reserve_bytes: 4096,
            checkpoint_every: std::time::Duration::from_secs(3600),
            ..Options::default()
        }
    }

    pub(crate) fn body(&self) -> String {
        let mut body = serde_json::json!({
            "model": "chatbot", "messages": [{ "role": "user", "content": "x".repeat(self.prompt) }],
        });
        if self.streams {
            body["stream"] = true.into();
        }
        if let Some(asked) = self.asked {
            body["max_completion_tokens"] = asked.into();
        }
        body.to_string()
    }
}

fn random_script(rng: &dyn Rng) -> String {
    let below = |most: u64| rng.next_u64() % most;
    let mut script = format!("out={},events={},delay={}", below(60), below(12), below(3));
    let place = below(9);
    match below(12) {
        0 => script += &format!(",cut={place}"),
        1 => script += &format!(",reset={place}"),
        2 => script += &format!(",stall={place}"),
        3 => script += &format!(",garbled={place}"),
        4 => script += ",lie=100",
        5 => script += &format!(",status={}", [400, 401, 404, 429, 500, 503][below(6) as usize]),
        6 => script += ",status=500,times=3",
        7 => script += ",first=200",
        _ => {}
    }
    match below(6) {
        0 => script += &format!(",told={}", below(500)),
        1 => script += ",untold",
        2 => script += ",ignore-cancel",
        _ => {}
    }
    script
}

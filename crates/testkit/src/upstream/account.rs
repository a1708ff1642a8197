use std::{collections::BTreeMap, sync::Arc};

use parking_lot::Mutex;

use super::script::AfterHangUp;

/// What a scripted provider would write on its invoice, by model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// By the name of the model.
    pub models: BTreeMap<String, ModelTally>,
}

/// What a model was asked and has written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ModelTally {
    /// Requests that arrived whole.
    pub requests: u64,
    /// Requests that were answered with an error.
    pub errors: u64,
    /// Tokens of input of the others.
    pub input_tokens: u64,
    /// Tokens that were written.
    pub output_tokens: u64,
    /// Answers of which the client did not read all.
    pub hung_up: u64,
}

impl Tally {
    /// All models together.
    pub fn total(&self) -> ModelTally {
        self.models.values().fold(ModelTally::default(), |sum, one| ModelTally {
            requests: sum.requests + one.requests,
            errors: sum.errors + one.errors,
            input_tokens: sum.input_tokens + one.input_tokens,
            output_tokens: sum.output_tokens + one.output_tokens,
            hung_up: sum.hung_up + one.hung_up,
        })
    }

    /// As JSON: `{"total":{…},"models":{name:{…}}}`.
    pub fn to_json(&self) -> serde_json::Value {
        let models: serde_json::Map<_, _> =
            self.models.iter().map(|(name, tally)| (name.clone(), tally.to_json())).collect();
        serde_json::json!({ "total": self.total().to_json(), "models": models })
    }
}

impl ModelTally {
    fn to_json(self) -> serde_json::Value {
        serde_json::json!({
            "requests": self.requests, "errors": self.errors, "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens, "hung_up": self.hung_up,
        })
    }
}

/// The account of one answer. Dropped before it is closed, the client has hung up.
#[derive(Debug)]
pub(super) struct Account {
    tally: Arc<Mutex<Tally>>,
    model: String,
    /// Tokens that are not written yet.
    left: u64,
    after_hang_up: AfterHangUp,
    is_closed: bool,
}

impl Account {
    /// Counts the request and its input.
    pub(super) fn open(
        tally: &Arc<Mutex<Tally>>,
        model: String,
        input: u64,
        output: u64,
        after_hang_up: AfterHangUp,
    ) -> Self {
        let mut locked = tally.lock();
        let entry = locked.models.entry(model.clone()).or_default();
        entry.requests += 1;
        entry.input_tokens += input;
        Self { tally: Arc::clone(tally), model, left: output, after_hang_up, is_closed: false }
    }

    /// Counts a request that is answered with an error.
    pub(super) fn refuse(tally: &Mutex<Tally>, model: String) {
        let mut locked = tally.lock();
        let entry = locked.models.entry(model).or_default();
        entry.requests += 1;
        entry.errors += 1;
    }

    /// So many tokens are written.
    pub(super) fn write(&mut self, tokens: u64) {
        self.left = self.left.saturating_sub(tokens);
        self.tally.lock().models.entry(self.model.clone()).or_default().output_tokens += tokens;
    }

    /// The answer has ended as it was told to.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if self.is_closed {
            return;
        }
        if self.after_hang_up == AfterHangUp::WritesOn {
            self.write(self.left);
        }
        self.tally.lock().models.entry(std::mem::take(&mut self.model)).or_default().hung_up += 1;
    }
}

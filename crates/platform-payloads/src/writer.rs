use std::{
    collections::{BTreeMap, HashMap},
    pin::pin,
    sync::{Arc, atomic::Ordering},
};

use glaux_kernel::OrganizationId;
use glaux_platform_kit::Context;
use glaux_routing::payload::{Excerpt, Payload, PayloadPolicy};
use glaux_telemetry::causes;
use glaux_web::Problem;
use tokio::sync::mpsc;

use crate::{
    model::{Content, KeptText, Sealed},
    queue::{self, Counted},
    redaction::{Rules, redact},
    sealing::DataKey,
    service, store,
};

/// Payloads that are written in one transaction.
const BATCH: usize = 64;
/// Sets of expressions that stay compiled.
const MAX_RULES: usize = 256;

/// Redacts, seals and writes what waits.
pub struct Writer {
    waiting: mpsc::Receiver<Payload>,
    counted: Counted,
    keys: HashMap<OrganizationId, Arc<DataKey>>,
    /// By the policy's expressions.
    rules: HashMap<Vec<String>, Arc<Rules>>,
    /// The last batch could not be written.
    failing: bool,
}

impl Writer {
    pub(crate) fn new(waiting: mpsc::Receiver<Payload>, counted: Counted) -> Self {
        Self { waiting, counted, keys: HashMap::new(), rules: HashMap::new(), failing: false }
    }

    /// Writes until `stop`, then what still waits.
    pub async fn run(mut self, context: Context, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let mut batch = Vec::with_capacity(BATCH);
            tokio::select! {
                taken = self.waiting.recv_many(&mut batch, BATCH) => if taken == 0 { return },
                () = &mut stop, if !self.waiting.is_closed() => self.waiting.close(),
            }
            self.write(&context, batch).await;
        }
    }

    async fn write(&mut self, context: &Context, batch: Vec<Payload>) {
        let bytes: usize = batch.iter().map(queue::size).sum();
        let mut by_organization: BTreeMap<OrganizationId, Vec<Payload>> = BTreeMap::new();
        for payload in batch {
            by_organization.entry(payload.organization).or_default().push(payload);
        }
        for (organization, payloads) in by_organization {
            let count = payloads.len() as u64;
            match self.write_of(context, organization, payloads).await {
                Ok(()) => {
                    self.counted.kept.inc_by(count);
                    self.failing = false;
                }
                Err(problem) => {
                    self.counted.lost.inc_by(count);
                    // Told once per outage; the metric counts each.
                    if !std::mem::replace(&mut self.failing, true) {
                        let cause = problem.cause().map(|cause| causes(cause)).unwrap_or_default();
                        tracing::warn!(error = cause, "payloads can't be kept");
                    }
                }
            }
        }
        self.counted.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    async fn write_of(
        &mut self,
        context: &Context,
        organization: OrganizationId,
        payloads: Vec<Payload>,
    ) -> Result<(), Problem> {
        let key = match self.keys.get(&organization) {
            Some(key) => Arc::clone(key),
            None => {
                let key = Arc::new(service::data_key(context, organization).await?);
                self.keys.insert(organization, Arc::clone(&key));
                key
            }
        };
        let mut ruled = Vec::with_capacity(payloads.len());
        for payload in payloads {
            ruled.push((self.rules(&payload.policy)?, payload));
        }
        let rng = Arc::clone(&context.rng);
        let sealing = move || {
            ruled.into_iter().map(|(rules, payload)| seal(payload, &rules, &key, &*rng)).collect::<Result<Vec<_>, _>>()
        };
        let rows = tokio::task::spawn_blocking(sealing).await.map_err(Problem::internal)??;
        let mut tx = context.db.organization(organization).begin().await?;
        store::insert(&mut tx, &rows).await?;
        Ok(tx.commit().await?)
    }

    fn rules(&mut self, policy: &PayloadPolicy) -> Result<Arc<Rules>, Problem> {
        if let Some(rules) = self.rules.get(&policy.redact) {
            return Ok(Arc::clone(rules));
        }
        if self.rules.len() >= MAX_RULES {
            self.rules.clear();
        }
        let rules = Arc::new(Rules::new(&policy.redact).map_err(Problem::internal)?);
        self.rules.insert(policy.redact.clone(), Arc::clone(&rules));
        Ok(rules)
    }
}

fn seal(payload: Payload, rules: &Rules, key: &DataKey, rng: &dyn glaux_kernel::Rng) -> Result<Sealed, Problem> {
    let content = Content { request: kept(payload.request, rules), answer: kept(payload.answer, rules) };
    let plain = serde_json::to_vec(&content).map_err(Problem::internal)?;
    Ok(Sealed {
        call: payload.call,
        at: payload.at,
        expires_at: payload.policy.expires_at(payload.at),
        feature: payload.feature,
        environment: payload.environment,
        user: payload.user,
        bytes: key.seal(payload.call, &plain, rng)?,
    })
}

/// What is no text can't be redacted and is not kept.
fn kept(excerpt: Excerpt, rules: &Rules) -> Option<KeptText> {
    let Excerpt { mut bytes, is_cut } = excerpt;
    if let Err(error) = std::str::from_utf8(&bytes)
        && is_cut
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(KeptText { text: redact(&text, is_cut, rules), is_cut })
}

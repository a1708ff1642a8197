//! Live figures → what an organization is shown. Names come from the snapshot in force, so that it works while the
//! database does not.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use glaux_kernel::{ModelId, Money, OrganizationId, ProviderId, Timestamp};
use glaux_llm::ProviderKind;
use glaux_routing::{Organization, Provider, Snapshot};
use glaux_web::MoneySchema;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Answering, Circuit, History, InFlight, Queue, Running, history::HealthMinute};

/// How well something works, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    /// Nothing was tried within the last minute.
    Idle,
    /// It works.
    Healthy,
    /// Some of it fails.
    Degraded,
    /// None of it works.
    Down,
}

/// What runs now.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ServingStatus)]
pub(crate) struct Status {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// The worst of the providers'.
    pub(crate) status: Health,
    pub(crate) in_flight: AttemptsInFlight,
    /// Of the last minute.
    pub(crate) rates: AttemptRates,
    /// Those that have models, by name.
    pub(crate) providers: Vec<ProviderHealth>,
}

/// Attempts under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AttemptsInFlight {
    attempts: u64,
    /// Reserved for them.
    #[schema(value_type = MoneySchema)]
    held: Money,
    /// How long the oldest has been under way; absent when there is none.
    oldest_ms: Option<u64>,
}

/// Attempts per minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AttemptRates {
    answered_per_minute: u32,
    failed_per_minute: u32,
}

/// A provider, its queue, and those of its models that were tried or are called.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProviderHealth {
    #[schema(value_type = String)]
    pub(crate) id: ProviderId,
    name: Box<str>,
    #[schema(value_type = String, example = "openai")]
    kind: ProviderKind,
    pub(crate) status: Health,
    /// Absent when it has no bound, or was not called yet.
    queue: Option<Queue>,
    rates: AttemptRates,
    pub(crate) models: Vec<ModelHealth>,
    /// The last 90 minutes, the oldest first, as far as this process saw them.
    pub(crate) history: Vec<HealthMinute>,
}

/// A model that was tried within the last minute or is called now.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ModelHealth {
    #[schema(value_type = String)]
    pub(crate) id: ModelId,
    /// `provider/model`.
    pub(crate) name: Box<str>,
    pub(crate) circuit: Circuit,
    rates: AttemptRates,
    /// A moving average of the time to the first byte.
    first_byte_ms: Option<u64>,
    in_flight: AttemptsInFlight,
}

/// The serving path at one moment, for every organization that is shown its part.
pub(crate) struct Figures {
    snapshot: Arc<Snapshot>,
    answering: HashMap<ModelId, Answering>,
    in_flight: Vec<InFlight>,
    queues: HashMap<ProviderId, Queue>,
}

impl Figures {
    /// Looks once.
    pub(crate) fn take(running: &dyn Running) -> Self {
        Self {
            snapshot: running.snapshot(),
            answering: running.models().into_iter().collect(),
            in_flight: running.in_flight(),
            queues: running.queues().into_iter().collect(),
        }
    }

    /// Every organization that has configuration.
    pub(crate) fn organizations(&self) -> impl Iterator<Item = OrganizationId> {
        self.snapshot.organizations().map(|organization| organization.id)
    }

    /// What runs now for `organization`.
    pub(crate) fn of(&self, organization: OrganizationId, at: Timestamp) -> Status {
        let providers = self.snapshot.organization(organization).map(|own| self.providers(own)).unwrap_or_default();
        let own = self.in_flight.iter().filter(|flight| flight.organization == organization);
        Status {
            at,
            status: providers.iter().map(|provider| provider.status).max().unwrap_or(Health::Idle),
            in_flight: AttemptsInFlight::of(own),
            rates: providers.iter().map(|provider| provider.rates).fold(AttemptRates::default(), AttemptRates::plus),
            providers,
        }
    }

    /// The same, with how well providers worked before.
    pub(crate) fn with_history(&self, organization: OrganizationId, at: Timestamp, history: &History) -> Status {
        let mut status = self.of(organization, at);
        for provider in &mut status.providers {
            provider.history = history.of_provider(organization, provider.id, at);
        }
        status
    }

    fn providers(&self, organization: &Organization) -> Vec<ProviderHealth> {
        let own = self.in_flight.iter().filter(|flight| flight.organization == organization.id);
        let in_flight: HashMap<ModelId, &InFlight> = own.map(|flight| (flight.model, flight)).collect();
        let mut by_name: BTreeMap<Box<str>, ProviderHealth> = BTreeMap::new();
        for model in organization.models.values() {
            let provider = &model.provider;
            let shown = by_name
                .entry(provider.name.clone())
                .or_insert_with(|| ProviderHealth::idle(provider, self.queues.get(&provider.id).copied()));
            let (answering, flight) = (self.answering.get(&model.id), in_flight.get(&model.id).copied());
            if answering.is_none_or(Answering::is_quiet) && flight.is_none() {
                continue;
            }
            shown.models.push(ModelHealth {
                id: model.id,
                name: model.name.clone(),
                circuit: answering.map_or(Circuit::Closed, |answering| answering.circuit),
                rates: answering.map(AttemptRates::from).unwrap_or_default(),
                first_byte_ms: answering.and_then(|answering| Some(answering.first_byte_micros? / 1000)),
                in_flight: AttemptsInFlight::of(flight),
            });
        }
        let judged = by_name.into_values().map(|mut provider| {
            provider.models.sort_by(|a, b| a.name.cmp(&b.name));
            provider.rates =
                provider.models.iter().map(|model| model.rates).fold(AttemptRates::default(), AttemptRates::plus);
            provider.status = judge(&provider);
            provider
        });
        judged.collect()
    }
}

/// One failure in ten is more than a healthy provider has.
fn judge(provider: &ProviderHealth) -> Health {
    let closed = provider.models.iter().filter(|model| model.circuit == Circuit::Closed).count();
    let AttemptRates { answered_per_minute: answered, failed_per_minute: failed } = provider.rates;
    match provider.models.len() {
        0 => Health::Idle,
        _ if closed == 0 => Health::Down,
        all if closed < all || failed * 10 > answered + failed => Health::Degraded,
        _ => Health::Healthy,
    }
}

impl ProviderHealth {
    fn idle(provider: &Provider, queue: Option<Queue>) -> Self {
        Self {
            id: provider.id,
            name: provider.name.clone(),
            kind: provider.kind,
            status: Health::Idle,
            queue,
            rates: AttemptRates::default(),
            models: Vec::new(),
            history: Vec::new(),
        }
    }
}

impl Answering {
    /// Whether there is nothing to show of it.
    fn is_quiet(&self) -> bool {
        self.circuit == Circuit::Closed && self.answered + self.failed == 0
    }
}

impl AttemptRates {
    fn plus(self, other: Self) -> Self {
        Self {
            answered_per_minute: self.answered_per_minute + other.answered_per_minute,
            failed_per_minute: self.failed_per_minute + other.failed_per_minute,
        }
    }
}

impl From<&Answering> for AttemptRates {
    fn from(answering: &Answering) -> Self {
        Self { answered_per_minute: answering.answered, failed_per_minute: answering.failed }
    }
}

impl AttemptsInFlight {
    fn of<'a>(flights: impl IntoIterator<Item = &'a InFlight>) -> Self {
        let none = Self { attempts: 0, held: Money::usd_nanos(0), oldest_ms: None };
        flights.into_iter().fold(none, |sum, flight| Self {
            attempts: sum.attempts + flight.attempts,
            held: Money::usd_nanos(sum.held.nanos().saturating_add(flight.held_nanos)),
            oldest_ms: sum.oldest_ms.max(Some(flight.oldest_ms)),
        })
    }
}

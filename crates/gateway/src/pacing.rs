//! How many attempts are in flight at a provider, and who waits for a place.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use glaux_kernel::ProviderId;
use glaux_routing::{Provider, document::ProviderLimits};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// No place at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Busy {
    /// As many wait as may.
    #[error("its queue is full")]
    QueueFull,
    /// No place came free in time.
    #[error("no place came free in time")]
    TimedOut,
}

/// A place at a provider; given back when dropped. Empty where the provider has no bound.
#[derive(Debug, Default)]
pub(crate) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

#[derive(Debug)]
struct Queue {
    concurrency: u32,
    places: Arc<Semaphore>,
    waiting: AtomicU32,
}

/// The places of every provider that has a bound.
#[derive(Debug, Default)]
pub(crate) struct Pacing(Mutex<HashMap<ProviderId, Arc<Queue>>>);

impl Pacing {
    /// Takes a place at `provider`, waiting in its queue if need be.
    pub(crate) async fn enter(&self, provider: &Provider) -> Result<Place, Busy> {
        let Some(concurrency) = provider.limits.concurrency else {
            return Ok(Place::default());
        };
        let queue = self.queue(provider.id, concurrency);
        if let Ok(permit) = Arc::clone(&queue.places).try_acquire_owned() {
            return Ok(Place { _permit: Some(permit) });
        }
        queue.wait(&provider.limits).await
    }

    /// Attempts in flight and waiting at each provider that has a bound.
    pub(crate) fn depths(&self) -> Vec<(ProviderId, u32, u32)> {
        let queues = self.0.lock();
        let depth = |(id, queue): (&ProviderId, &Arc<Queue>)| {
            let free = u32::try_from(queue.places.available_permits()).unwrap_or(u32::MAX);
            (*id, queue.concurrency.saturating_sub(free), queue.waiting.load(Ordering::Relaxed))
        };
        queues.iter().map(depth).collect()
    }

    /// The provider's queue; a new one when its bound was changed. Attempts in the old one end there.
    fn queue(&self, provider: ProviderId, concurrency: u32) -> Arc<Queue> {
        let mut queues = self.0.lock();
        let queue = queues.entry(provider).or_insert_with(|| Queue::new(concurrency));
        if queue.concurrency != concurrency {
            *queue = Queue::new(concurrency);
        }
        Arc::clone(queue)
    }
}

impl Queue {
    fn new(concurrency: u32) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(concurrency as usize));
        Arc::new(Self { concurrency, places, waiting: AtomicU32::new(0) })
    }

    async fn wait(&self, limits: &ProviderLimits) -> Result<Place, Busy> {
        let _waiting = Waiting::enter(&self.waiting, limits.queue)?;
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(Duration::from_millis(limits.queue_timeout_ms), place).await {
            Ok(Ok(permit)) => Ok(Place { _permit: Some(permit) }),
            Ok(Err(_)) | Err(_) => Err(Busy::TimedOut),
        }
    }
}

/// One who waits; counted out when dropped, also when the client hangs up.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn enter(waiting: &'a AtomicU32, most: u32) -> Result<Self, Busy> {
        let entered = waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < most).then_some(n + 1));
        entered.map(|_| Self(waiting)).map_err(|_| Busy::QueueFull)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

//! Whether the program itself works.

use std::{collections::HashMap, sync::Arc};

use axum::{Extension, extract::State};
use glaux_kernel::Timestamp;
use glaux_platform_kit::Context;
use glaux_web::Json;
use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Running, status::Health};

/// Since when each check has said what it says.
#[derive(Clone, Default)]
pub(crate) struct Since(Arc<Mutex<HashMap<&'static str, (Health, Timestamp)>>>);

impl Since {
    fn of(&self, name: &'static str, status: Health, now: Timestamp) -> Timestamp {
        let mut known = self.0.lock();
        let entry = known.entry(name).or_insert((status, now));
        if entry.0 != status {
            *entry = (status, now);
        }
        entry.1
    }
}

/// Whether the program works, check by check.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlatformHealth {
    /// The worst of the checks'.
    status: Health,
    checks: Vec<Check>,
}

/// One part of the program.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthCheck)]
struct Check {
    #[schema(value_type = String, example = "database")]
    name: &'static str,
    status: Health,
    /// How long the check took.
    latency_ms: u64,
    /// Since when it has been so, as far as this process was asked.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// What is wrong.
    problem: Option<String>,
}

/// Whether the program works: the database, and whether calls are served by the latest configuration.
#[utoipa::path(get, path = "/api/health/ai-management", operation_id = "get_health", tag = "operation",
    responses((status = 200, body = PlatformHealth)))]
pub(crate) async fn get_health(
    State(context): State<Context>,
    Extension(running): Extension<Arc<dyn Running>>,
    Extension(since): Extension<Since>,
) -> Json<PlatformHealth> {
    let before = context.clock.monotonic();
    let position = read_position(&context).await;
    let latency = context.clock.monotonic().saturating_sub(before);
    let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);

    let served = running.snapshot().journal_seq;
    let (database, configuration) = match position {
        Ok(position) if position > served => {
            let behind = format!("calls are served by position {served} of the journal, which is at {position}");
            (None, (Health::Degraded, Some(behind)))
        }
        Ok(_) => (None, (Health::Healthy, None)),
        Err(problem) => {
            let unknown = "the journal can't be read; calls are served by the configuration in force";
            (Some(problem), (Health::Degraded, Some(unknown.to_owned())))
        }
    };
    let database = (if database.is_some() { Health::Down } else { Health::Healthy }, database);
    let now = context.clock.now();
    let check = |name, latency_ms, (status, problem)| {
        let since = since.of(name, status, now);
        Check { name, status, latency_ms, since, problem }
    };
    let checks = vec![check("database", latency_ms, database), check("configuration", 0, configuration)];
    // Calls are served without the database.
    let status = checks.iter().map(|check| check.status.min(Health::Degraded)).max().unwrap_or(Health::Healthy);
    Json(PlatformHealth { status, checks })
}

/// The journal's position, or why it can't be read.
async fn read_position(context: &Context) -> Result<u64, String> {
    let unreadable = |_| "it does not answer".to_owned();
    let mut tx = context.db.every_organization().read().await.map_err(unreadable)?;
    let position = glaux_journal::position(&mut tx).await.map_err(|error| error.to_string())?;
    u64::try_from(position).map_err(|error| error.to_string())
}

//! Whether the program itself works.

use std::sync::Arc;

use axum::{Extension, extract::State};
use glaux_kernel::Timestamp;
use glaux_ledger_store::Progress;
use glaux_platform_kit::Context;
use glaux_web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{History, Running, calls::milliseconds, history::HealthMinute, status::Health};

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
    /// Since when it has been so, as far as this process looked.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// What is wrong.
    problem: Option<String>,
    /// The last 90 minutes, the oldest first, as far as this process saw them.
    history: Vec<HealthMinute>,
}

/// What a check has found.
pub(crate) struct Finding {
    pub(crate) name: &'static str,
    pub(crate) status: Health,
    latency_ms: u64,
    problem: Option<String>,
}

/// Whether the program works: the database, the configuration that calls are served by, and the way of the ledger.
#[utoipa::path(get, path = "/api/health/ai-management", operation_id = "get_health", tag = "operation",
    responses((status = 200, body = PlatformHealth)))]
pub(crate) async fn get_health(
    State(context): State<Context>,
    Extension(running): Extension<Arc<dyn Running>>,
    Extension(history): Extension<History>,
) -> Json<PlatformHealth> {
    let found = check(&context, &*running).await;
    let now = context.clock.now();
    let checks = found.map(|Finding { name, status, latency_ms, problem }| {
        let since = history.note_check(name, status, now);
        Check { name, status, latency_ms, since, problem, history: history.of_check(name, now) }
    });
    // Calls are served without the database.
    let status = checks.iter().map(|check| check.status.min(Health::Degraded)).max().unwrap_or(Health::Healthy);
    Json(PlatformHealth { status, checks: checks.into() })
}

/// Asks the database, and judges the configuration that calls are served by and the way of the ledger.
pub(crate) async fn check(context: &Context, running: &dyn Running) -> [Finding; 3] {
    let before = context.clock.monotonic();
    let position = read_position(context).await;
    let latency_ms = milliseconds(context.clock.monotonic().saturating_sub(before));

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
    let finding = |name, latency_ms, (status, problem)| Finding { name, status, latency_ms, problem };
    [
        finding("database", latency_ms, database),
        finding("configuration", 0, configuration),
        finding("ledger", 0, judge_projection(&running.projection())),
    ]
}

/// Whether what calls used reaches the database.
fn judge_projection(progress: &Progress) -> (Health, Option<String>) {
    let Progress { set_aside, failing, .. } = progress;
    let waiting = failing.as_ref().map(|(since, why)| {
        format!("since {since} entries of the ledger wait in their segments for the database: {why}")
    });
    let refused = (*set_aside > 0).then(|| {
        format!(
            "the database refuses {set_aside} records of the ledger, which only the segments keep: raise \
             ledger.segments_kept_days so that they stay, find them by `glaux ledger verify` and in the log, and report \
             them"
        )
    });
    let problems: Vec<String> = waiting.into_iter().chain(refused).collect();
    match problems.is_empty() {
        true => (Health::Healthy, None),
        false => (Health::Degraded, Some(problems.join("; "))),
    }
}

/// The journal's position, or why it can't be read.
async fn read_position(context: &Context) -> Result<u64, String> {
    let unreadable = |_| "it does not answer".to_owned();
    let mut tx = context.db.every_organization().read().await.map_err(unreadable)?;
    let position = glaux_journal::position(&mut tx).await.map_err(|error| error.to_string())?;
    u64::try_from(position).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_that_does_not_reach_the_database_is_degraded_and_says_what_to_do() {
        let check = |progress: &Progress, expected: &[&str]| {
            let (status, problem) = judge_projection(progress);
            assert_eq!(status == Health::Degraded, !expected.is_empty());
            let problem = problem.unwrap_or_default();
            assert!(expected.iter().all(|part| problem.contains(part)), "{problem}");
        };
        let since = "2026-11-01T00:00:00Z".parse().unwrap();
        check(&Progress { entries: 7, ..Progress::default() }, &[]);
        let refused = Progress { set_aside: 2, ..Progress::default() };
        check(&refused, &["refuses 2 records", "ledger.segments_kept_days", "glaux ledger verify"]);
        let failing = Progress { failing: Some((since, "no answer".to_owned())), ..refused };
        check(&failing, &["since 2026-11-01T00:00:00", "no answer", "refuses 2 records"]);
    }
}

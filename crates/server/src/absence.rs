//! A start while PostgreSQL is away: calls are served by what lies on disk, and the control plane follows as soon as it
//! can.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::Router;
use glaux_kernel::problem::Code;
use glaux_platform_publish::restore;
use glaux_store::Error;
use glaux_web::Problem;
use tokio::sync::OnceCell;

use crate::{
    control::{Control, Foundation},
    welcome::{self, Welcome},
};

/// How long a start waits for PostgreSQL when it could do without.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often the control plane tries to start after that.
const RETRY: Duration = Duration::from_secs(1);

/// The management API, once there is a database behind it.
pub(crate) type Management = Arc<OnceCell<Router>>;

/// What a start has led to.
pub(crate) enum Begun {
    /// Everything is there.
    Whole(Box<Control>),
    /// The last snapshot is in force, and the database is away.
    Alone,
}

/// Starts the control plane or, while the database is away, puts the last snapshot on disk into force.
pub(crate) async fn begin(foundation: &Foundation) -> anyhow::Result<Begun> {
    let file = foundation.snapshot();
    let starting = Control::start(foundation.clone());
    if foundation.settings.server.database_url.is_none() || !file.exists() {
        return Ok(Begun::Whole(Box::new(starting.await?)));
    }
    let error = match tokio::time::timeout(PATIENCE, starting).await {
        Ok(Ok(control)) => return Ok(Begun::Whole(Box::new(control))),
        Ok(Err(error)) if !is_away(&error) => return Err(error),
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => "it does not answer".to_owned(),
    };
    let seq = restore(&file, &foundation.vault()?, &foundation.gateways())
        .with_context(|| format!("the database is away ({error}), and {} is of no use", file.display()))?;
    tracing::warn!(error, journal.seq = seq, "the database is away; calls are served by the last configuration");
    Ok(Begun::Alone)
}

/// Serves the management API as soon as there is a database, and keeps the books together until `stop`.
pub(crate) async fn go_on(
    begun: Begun,
    foundation: Foundation,
    management: Management,
    address: SocketAddr,
    stop: impl Future<Output = ()>,
) {
    let mut stop = std::pin::pin!(stop);
    let control = match begun {
        Begun::Whole(control) => *control,
        Begun::Alone => {
            report(welcome::print_alone(address));
            tokio::select! {
                control = keep_trying(foundation) => control,
                () = &mut stop => return,
            }
        }
    };
    let router = control.router.clone();
    management.get_or_init(async || router).await;
    report(Welcome::new(&control).print(address));
    control.go_on(stop).await;
}

async fn keep_trying(foundation: Foundation) -> Control {
    let mut logged = None;
    loop {
        tokio::time::sleep(RETRY).await;
        match Control::start(foundation.clone()).await {
            Ok(control) => {
                tracing::info!("the database is back; the control plane has started");
                return control;
            }
            Err(error) => {
                let error = format!("{error:#}");
                if logged.as_ref() != Some(&error) {
                    tracing::warn!(error, "the control plane can't start yet");
                }
                logged = Some(error);
            }
        }
    }
}

fn is_away(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Unavailable(_) | Error::Busy(_)))
        || error.downcast_ref::<Problem>().is_some_and(|problem| problem.code() == Code::Unavailable)
}

fn report(printed: std::io::Result<()>) {
    if let Err(error) = printed {
        tracing::warn!(%error, "the welcome can't be printed");
    }
}

//! Programs that use AI. There is always one, `default`.

mod routes;

use glaux_kernel::ApplicationId;
use glaux_platform_kit::{Change, Context, Kind, Module, find};
use glaux_web::{Caller, Problem, Write};
use serde::{Deserialize, Serialize};

/// The application that keys belong to unless they name another.
pub const DEFAULT_APPLICATION: &str = "default";

/// A program that uses AI.
pub struct Application;

impl Kind for Application {
    const KIND: &'static str = "application";
    const SCHEMA_VERSION: u32 = 1;
    type Id = ApplicationId;
    type State = ApplicationState;
}

/// What is known of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationState {
    /// For people.
    pub display_name: String,
}

/// The routes.
pub fn module() -> Module {
    Module { routes: routes::routes() }
}

/// Makes sure that the default application exists.
pub async fn bootstrap(context: &Context, system: &Caller) -> Result<(), Problem> {
    let mut change = Change::begin(context, Write::by(system.clone(), "first start")).await?;
    if find::<Application>(change.read(), DEFAULT_APPLICATION).await?.is_none() {
        let state = ApplicationState { display_name: "Default".to_owned() };
        change.create::<Application>(DEFAULT_APPLICATION, state).await?;
        change.commit().await?;
    }
    Ok(())
}

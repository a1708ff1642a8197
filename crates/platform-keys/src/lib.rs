//! Credentials of applications at the gateway (virtual keys).
//!
//! - A key's text is shown once; what is kept is its SHA-256, its first and its last characters.
//! - A rotated key is a second credential of the same key: the old text works until its overlap ends.

mod routes;
mod secret;

use glaux_kernel::{ApplicationId, Environment, KeyId, Secret, Timestamp};
use glaux_platform_applications::{Application, DEFAULT_APPLICATION};
use glaux_platform_kit::{Change, Context, Credential, Kind, Module, get, list_all};
use glaux_routing::document::Limits;
use glaux_web::{Caller, Problem, Write};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A credential of an application.
pub struct Key;

impl Kind for Key {
    const KIND: &'static str = "key";
    const SCHEMA_VERSION: u32 = 1;
    type Id = KeyId;
    type State = KeyState;
}

/// What is known of a key; never its text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyState {
    /// The program that holds it.
    pub application: ApplicationId,
    /// Where its calls belong.
    pub environment: Environment,
    /// Names of features; `*` is all.
    pub features: Vec<String>,
    /// `provider/model`, `provider/*` or `*`.
    pub models: Vec<String>,
    /// All calls of the key together.
    pub limits: Limits,
    /// Each end user's calls by the key.
    pub user_limits: Limits,
    /// Where calls may come from; empty: anywhere.
    pub ip_allow: Vec<IpNet>,
    /// Where calls may not come from.
    pub ip_deny: Vec<IpNet>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Why and when it was ended early.
    pub revoked_at: Option<Timestamp>,
    /// The texts that it is known by, the newest first.
    pub secrets: Vec<KeySecret>,
}

/// A text that a key is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySecret {
    /// SHA-256 of the text, hexadecimal.
    pub sha256: String,
    /// How it begins and ends: `glx_Ab12…wxyz`.
    pub shown: String,
    /// When it stops working, after a rotation.
    pub until: Option<Timestamp>,
}

/// Issues a key for development to an installation that has none, and gives its text: the only time that it is shown.
pub async fn bootstrap(context: &Context, system: &Caller) -> Result<Option<Secret>, Problem> {
    let mut change = Change::begin(context, Write::by(system.clone(), "first start")).await?;
    if !list_all::<Key>(change.read()).await?.is_empty() {
        return Ok(None);
    }
    let application = get::<Application>(change.read(), DEFAULT_APPLICATION).await?;
    let text = Credential::KEY.generate(&*context.rng);
    let everything = vec!["*".to_owned()];
    let state = KeyState {
        application: application.id,
        environment: Environment::Development,
        features: everything.clone(),
        models: everything,
        limits: Limits::default(),
        user_limits: Limits::default(),
        ip_allow: Vec::new(),
        ip_deny: Vec::new(),
        expires_at: None,
        revoked_at: None,
        secrets: vec![secret::keep(&text)],
    };
    change.create::<Key>("first", state).await?;
    change.commit().await?;
    Ok(Some(text))
}

/// The routes.
pub fn module() -> Module {
    Module { routes: routes::routes() }
}

use glaux_llm::ProviderKind;
use glaux_platform_kit::{Change, Context, find};
use glaux_routing::document::ProviderLimits;
use glaux_web::{Caller, Problem, Write};

use crate::{
    Provider, ProviderState,
    adoption::{Wanted, adopt, find_entry},
};

const SANDBOX: &str = "sandbox";

/// Makes sure that there is a provider that answers without an account or a network, with its models.
///
/// Their prices are invented, so that spending can be tried out.
pub async fn bootstrap(context: &Context, system: &Caller) -> Result<(), Problem> {
    let mut change = Change::begin(context, Write::by(system.clone(), "first start")).await?;
    if find::<Provider>(change.read(), SANDBOX).await?.is_some() {
        return Ok(());
    }
    let state = ProviderState {
        kind: ProviderKind::Sandbox,
        base_url: None,
        api_version: None,
        region: None,
        credential: None,
        limits: ProviderLimits::default(),
    };
    let entry = find_entry(SANDBOX, &state)?.ok_or_else(|| Problem::internal("the catalogue has no sandbox"))?;
    let provider = change.create::<Provider>(SANDBOX, state).await?;
    adopt(&mut change, &provider, &entry, Wanted::Served).await?;
    change.commit().await
}

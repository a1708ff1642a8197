//! How decisions about providers, models, aliases and routing policies are taken back: by the rules of their routes.

use std::sync::Arc;

use async_trait::async_trait;
use glaux_kernel::PriceRuleId;
use glaux_platform_kit::{
    Change, Context, Inverse, Kind, Object, Undo, Undoable, find, find_by_id, find_mention, list_all, undo_of,
};
use glaux_store::OrgRead;
use glaux_web::{FieldError, Problem};

use crate::{
    Alias, AliasState, Model, ModelState, Provider, ProviderState, RoutingPolicy, RoutingPolicyState,
    price::bring_back,
    routes::{WRITE, WRITE_PROVIDERS},
};

/// The kinds of objects whose states name models by `provider/model`.
const NAME_MODELS: [&str; 2] = [Alias::KIND, "assignment"];

/// How decisions about this capability's objects are taken back.
pub fn undoing() -> Vec<Arc<dyn Undo>> {
    vec![undo_of::<Provider>(), undo_of::<Model>(), undo_of::<Alias>(), undo_of::<RoutingPolicy>()]
}

#[async_trait]
impl Undoable for Provider {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE_PROVIDERS)
    }

    /// Credentials that no state names any more are erased.
    fn find_loss(before: Option<&ProviderState>, after: Option<&ProviderState>) -> Option<String> {
        let past = before?;
        let before = past.credential.as_ref();
        match after {
            None if before.is_some() => {
                Some("its credentials were erased with it; add the provider anew and give them".to_owned())
            }
            Some(after) if after.credential.as_ref() != before => {
                Some("it also changed credentials, and those from before are erased; rotate them instead".to_owned())
            }
            // Also where the same ones were given for the new address: nobody gives them for the old one now.
            Some(after) if before.is_some() && !past.is_where(after) => Some(
                "stored credentials would go elsewhere; change the address and give them for it instead".to_owned(),
            ),
            None | Some(_) => None,
        }
    }

    async fn find_need(tx: &mut OrgRead, provider: &Object<Self>) -> Result<Option<String>, Problem> {
        let models = list_all::<Model>(tx).await?;
        let own = models.iter().find(|model| model.state.provider == provider.id);
        Ok(own.map(|model| format!("the provider has models, for example {}; remove them first", model.name)))
    }

    async fn find_fault(_: &mut OrgRead, provider: &Object<Self>) -> Result<Option<String>, Problem> {
        Ok(words(&provider.state.check()))
    }

    async fn remove(change: &mut Change, provider: &Object<Self>) -> Result<(), Problem> {
        if let Some(credential) = &provider.state.credential {
            change.forget(credential.secret).await?;
        }
        change.delete(provider).await
    }
}

#[async_trait]
impl Undoable for Model {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    async fn find_need(tx: &mut OrgRead, model: &Object<Self>) -> Result<Option<String>, Problem> {
        for kind in NAME_MODELS {
            if let Some(user) = find_mention(tx, kind, &model.name).await? {
                return Ok(Some(format!("the {kind} {user} names the model; change it first")));
            }
        }
        Ok(None)
    }

    async fn find_fault(tx: &mut OrgRead, model: &Object<Self>) -> Result<Option<String>, Problem> {
        let provider = find_by_id::<Provider>(tx, model.state.provider).await?;
        Ok(provider.is_none().then(|| "its provider is gone; bring that back first".to_owned()))
    }

    /// Prices from before hold again from now on: what was called meanwhile keeps the prices it was called at.
    fn bring_back(context: &Context, present: &ModelState, past: ModelState) -> ModelState {
        let now = context.clock.now();
        let prices = bring_back(&present.prices, &past.prices, now, || PriceRuleId::new(now, &*context.rng));
        ModelState { prices, ..past }
    }
}

#[async_trait]
impl Undoable for Alias {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    async fn find_fault(tx: &mut OrgRead, alias: &Object<Self>) -> Result<Option<String>, Problem> {
        let AliasState { model } = &alias.state;
        let missing = find::<Model>(tx, model).await?.is_none();
        Ok(missing.then(|| format!("there is no model `{model}`")))
    }
}

#[async_trait]
impl Undoable for RoutingPolicy {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    async fn find_fault(tx: &mut OrgRead, policy: &Object<Self>) -> Result<Option<String>, Problem> {
        if let Some(other) = find_rival(tx, &policy.state).await?
            && other.id != policy.id
        {
            return Ok(Some(format!("the routing policy `{}` is for the same calls", other.name)));
        }
        Ok(words(&policy.state.check()))
    }
}

/// The routing policy that is for the same calls.
pub(crate) async fn find_rival(
    tx: &mut OrgRead,
    state: &RoutingPolicyState,
) -> Result<Option<Object<RoutingPolicy>>, Problem> {
    let present = list_all::<RoutingPolicy>(tx).await?;
    Ok(present.into_iter().find(|policy| policy.state.is_for_the_same(state)))
}

fn words(errors: &[FieldError]) -> Option<String> {
    let rules: Vec<_> = errors.iter().map(|error| error.detail.as_str()).collect();
    (!rules.is_empty()).then(|| rules.join("; "))
}

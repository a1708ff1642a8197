use glaux_platform_kit::{Change, Object, find};
use glaux_web::{FieldError, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refuse;
use crate::{
    Model,
    alias::{Alias, AliasState, check_name},
};

/// A new alias.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAlias {
    /// What clients write as `model`. A feature of the same name goes before it.
    #[schema(example = "gpt-4")]
    pub name: String,
    /// `provider/model`.
    #[schema(example = "acme-openai/gpt-4.1-mini")]
    pub model: String,
}

/// Gives a model another name.
pub(crate) async fn create_alias(change: &mut Change, new: NewAlias) -> Result<Object<Alias>, Problem> {
    refuse(check_name(&new.name).into_iter().collect())?;
    let state = state(change, new.model).await?;
    change.create::<Alias>(&new.name, state).await
}

/// Has an alias stand for another model.
pub(crate) async fn update_alias(
    change: &mut Change,
    alias: Object<Alias>,
    model: String,
) -> Result<Object<Alias>, Problem> {
    let state = state(change, model).await?;
    change.replace(alias, state).await
}

/// Makes the alias, or has it stand for the model.
pub async fn put_alias(change: &mut Change, new: NewAlias) -> Result<Object<Alias>, Problem> {
    match find::<Alias>(change.read(), &new.name).await? {
        Some(alias) => update_alias(change, alias, new.model).await,
        None => create_alias(change, new).await,
    }
}

async fn state(change: &mut Change, model: String) -> Result<AliasState, Problem> {
    if find::<Model>(change.read(), &model).await?.is_none() {
        return Err(Problem::invalid(vec![FieldError::new("/model", format!("there is no model `{model}`"))]));
    }
    Ok(AliasState { model })
}

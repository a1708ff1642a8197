//! What a budget counts, as clients write and read it.

use std::collections::BTreeMap;

use glaux_kernel::{ApplicationId, FeatureId, Id, KeyId, ModelId, ProviderId};
use glaux_platform_kit::{Reference, find_reference};
use glaux_routing::document::BudgetScope;
use glaux_store::OrgRead;
use glaux_web::{FieldError, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a budget is to count. Several conditions must all hold; `organization` is everything.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewBudgetScope)]
pub(crate) struct NewScope {
    /// Everything, where no other condition is set.
    #[serde(default)]
    organization: bool,
    /// By name or id, as the others.
    application: Option<String>,
    #[schema(example = "chatbot")]
    feature: Option<String>,
    key: Option<String>,
    /// An end user as the application names him.
    user: Option<String>,
    /// `provider/model` or its id.
    model: Option<String>,
    provider: Option<String>,
    /// All of these.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What a budget counts.
#[derive(Serialize, ToSchema)]
#[schema(as = BudgetScope)]
pub(crate) struct ScopeView {
    /// Everything: no other condition is set.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    organization: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    application: Option<ApplicationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    feature: Option<FeatureId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    key: Option<KeyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// `provider/model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// A provider's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tags: BTreeMap<String, String>,
}

impl NewScope {
    /// The scope, once everything that it names is found.
    ///
    /// # Errors
    /// `unprocessable` with a pointer for each name that is not known, or when no condition is set.
    pub(crate) async fn resolve(self, tx: &mut OrgRead) -> Result<BudgetScope, Problem> {
        let mut names = Names { tx, unknown: Vec::new() };
        let application = names.find::<ApplicationId>("application", self.application).await?;
        let feature = names.find::<FeatureId>("feature", self.feature).await?;
        let key = names.find::<KeyId>("key", self.key).await?;
        let model = names.find::<ModelId>("model", self.model).await?;
        let provider = names.find::<ProviderId>("provider", self.provider).await?;
        if !names.unknown.is_empty() {
            return Err(Problem::invalid(names.unknown));
        }
        let scope = BudgetScope {
            application: application.map(|found| found.id),
            feature: feature.map(|found| found.id),
            key: key.map(|found| found.id),
            user: self.user,
            model: model.map(|found| found.name),
            provider: provider.map(|found| found.name),
            tags: self.tags.into_iter().collect(),
        };
        if scope == BudgetScope::default() && !self.organization {
            let detail = "say what it counts; {\"organization\": true} is everything";
            return Err(Problem::invalid(vec![FieldError::new("/scope", detail)]));
        }
        Ok(scope)
    }
}

impl From<BudgetScope> for ScopeView {
    fn from(scope: BudgetScope) -> Self {
        let organization = scope == BudgetScope::default();
        let BudgetScope { application, feature, key, user, model, provider, tags } = scope;
        Self { organization, application, feature, key, user, model, provider, tags: tags.into_iter().collect() }
    }
}

/// What a scope names that is not there.
pub(crate) async fn find_unknown(tx: &mut OrgRead, scope: &BudgetScope) -> Result<Vec<FieldError>, Problem> {
    let mut names = Names { tx, unknown: Vec::new() };
    names.find::<ApplicationId>("application", scope.application.map(|id| id.to_string())).await?;
    names.find::<FeatureId>("feature", scope.feature.map(|id| id.to_string())).await?;
    names.find::<KeyId>("key", scope.key.map(|id| id.to_string())).await?;
    names.find::<ModelId>("model", scope.model.clone()).await?;
    names.find::<ProviderId>("provider", scope.provider.clone()).await?;
    Ok(names.unknown)
}

/// Looks names up, and remembers those that are not known.
struct Names<'t> {
    tx: &'t mut OrgRead,
    unknown: Vec<FieldError>,
}

impl Names<'_> {
    async fn find<I: Id>(&mut self, kind: &str, reference: Option<String>) -> Result<Option<Reference<I>>, Problem> {
        let Some(reference) = reference else { return Ok(None) };
        let found = find_reference::<I>(self.tx, kind, &reference).await?;
        if found.is_none() {
            let detail = format!("there is no {kind} `{reference}`");
            self.unknown.push(FieldError::new(format!("/scope/{kind}"), detail));
        }
        Ok(found)
    }
}

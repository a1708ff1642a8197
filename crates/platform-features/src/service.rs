//! What is done with features and assignments, in the change that the caller opened.

use std::collections::BTreeMap;

use glaux_kernel::{ApplicationId, Environment, ModelId};
use glaux_platform_kit::{Change, Object, find, find_reference, get};
use glaux_routing::document::{Candidate, FeatureStatus, Limits, Policy};
use glaux_store::OrgRead;
use glaux_web::{FieldError, Problem, live::EventKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{Assignment, AssignmentState, Feature, FeatureState, assignment_name, feature::check_name, routes::READ};

pub(crate) const APPLICATION: &str = "application";
const MODEL: &str = "model";

/// The application that features belong to unless they name another.
const DEFAULT_APPLICATION: &str = "default";

/// A new feature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFeature {
    /// What clients write as `model`: lower-case letters, digits and hyphens.
    #[schema(example = "chatbot")]
    pub name: String,
    /// For people.
    #[schema(example = "Chatbot")]
    pub display_name: String,
    /// By name or id; absent: the default application.
    pub application: Option<String>,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// Absent: active.
    pub status: Option<FeatureStatus>,
    /// All calls of the feature together.
    #[serde(default)]
    pub limits: Limits,
    /// Each end user's calls of the feature.
    #[serde(default)]
    pub user_limits: Limits,
}

/// What changes of a feature; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeatureChange {
    /// For people.
    pub display_name: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// Whether it serves.
    pub status: Option<FeatureStatus>,
    /// All calls of the feature together; replaces all of the old ones.
    pub limits: Option<Limits>,
    /// Each end user's calls of the feature; replaces all of the old ones.
    pub user_limits: Option<Limits>,
}

/// The assignment of one model, or of several with weights.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignment {
    /// `provider/model`; short for `models` with one entry.
    #[schema(example = "sandbox/echo")]
    pub model: Option<String>,
    /// `provider/model` with weights; tried in the order of the policy.
    #[serde(default)]
    pub models: Vec<Candidate>,
    /// `provider/model` in order, tried after all of `models`.
    #[serde(default)]
    pub fallbacks: Vec<String>,
    /// Fields set in each request, in OpenAI's names.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"temperature": 0.2}))]
    pub config_overrides: Map<String, Value>,
    /// How it is routed; absent: by the routing policy of the feature or of the organization.
    pub policy: Option<Policy>,
}

/// Makes a feature. It serves once a model is assigned.
pub async fn create(change: &mut Change, new: NewFeature) -> Result<Object<Feature>, Problem> {
    let NewFeature { name, display_name, application, description, status, limits, user_limits } = new;
    let application = find_application(change, application.as_deref().unwrap_or(DEFAULT_APPLICATION)).await?;
    let status = status.unwrap_or(FeatureStatus::Active);
    let payloads = BTreeMap::new();
    let state = FeatureState { application, display_name, description, status, limits, user_limits, payloads };
    refuse(check_name(&name).into_iter().chain(state.check()).collect())?;
    change.create::<Feature>(&name, state).await
}

/// Changes a feature: what it is called, whether it serves, its limits.
pub async fn update(
    change: &mut Change,
    feature: Object<Feature>,
    asked: FeatureChange,
) -> Result<Object<Feature>, Problem> {
    let now = feature.state.clone();
    let state = FeatureState {
        application: now.application,
        display_name: asked.display_name.unwrap_or(now.display_name),
        description: asked.description.unwrap_or(now.description),
        status: asked.status.unwrap_or(now.status),
        limits: asked.limits.unwrap_or(now.limits),
        user_limits: asked.user_limits.unwrap_or(now.user_limits),
        payloads: now.payloads,
    };
    refuse(state.check())?;
    let feature = change.replace(feature, state).await?;
    announce_status(change, &feature.name, now.status, feature.state.status)?;
    Ok(feature)
}

/// Makes the feature, or brings the present one to what is stated: that is how a file is applied. What the statement
/// leaves out stays as it is.
///
/// # Errors
/// `invalid` when the present one belongs to another application, which does not change.
pub async fn put(change: &mut Change, new: NewFeature) -> Result<Object<Feature>, Problem> {
    let Some(feature) = find::<Feature>(change.read(), &new.name).await? else { return create(change, new).await };
    if let Some(application) = &new.application
        && find_application(change, application).await? != feature.state.application
    {
        let detail = "the application of a feature does not change";
        return Err(Problem::invalid(vec![FieldError::new("/application", detail)]));
    }
    let stated = |limits: Limits| (limits != Limits::default()).then_some(limits);
    let asked = FeatureChange {
        display_name: Some(new.display_name),
        description: (!new.description.is_empty()).then_some(new.description),
        status: new.status,
        limits: stated(new.limits),
        user_limits: stated(new.user_limits),
    };
    update(change, feature, asked).await
}

/// Removes a feature and its assignments.
pub async fn delete(change: &mut Change, feature: &Object<Feature>) -> Result<(), Problem> {
    for environment in Environment::ALL {
        let name = assignment_name(&feature.name, environment);
        if let Some(assignment) = find::<Assignment>(change.read(), &name).await? {
            change.delete_with_owner(&assignment).await?;
        }
    }
    change.delete(feature).await
}

/// Decides what serves a feature in an environment, from the next call on.
pub async fn assign(
    change: &mut Change,
    feature: &Object<Feature>,
    environment: Environment,
    new: NewAssignment,
) -> Result<Object<Assignment>, Problem> {
    let NewAssignment { model, mut models, fallbacks, config_overrides, policy } = new;
    let is_short = model.is_some();
    if is_short && !models.is_empty() {
        return Err(Problem::invalid(vec![FieldError::new("/models", "give `model` or `models`")]));
    }
    models.extend(model.map(|model| Candidate { model, weight: 1 }));
    let state = AssignmentState { feature: feature.id, environment, models, fallbacks, config_overrides, policy };
    let mut errors = check_assignment(change.read(), &state).await?;
    for error in errors.iter_mut().filter(|error| is_short && error.pointer.starts_with("/models/")) {
        error.pointer = "/model".to_owned();
    }
    refuse(errors)?;

    let name = assignment_name(&feature.name, environment);
    let before = find::<Assignment>(change.read(), &name).await?;
    let last = before.as_ref().map(|assignment| assignment.updated_at);
    let assignment = match before {
        Some(assignment) => change.replace(assignment, state).await?,
        None => change.create::<Assignment>(&name, state).await?,
    };
    if last != Some(assignment.updated_at) {
        announce(change, &feature.name, environment, Some(&assignment.state))?;
    }
    Ok(assignment)
}

/// Takes a feature out of service in an environment.
pub async fn unassign(
    change: &mut Change,
    feature: &Object<Feature>,
    environment: Environment,
) -> Result<Object<Assignment>, Problem> {
    let assignment = get::<Assignment>(change.read(), &assignment_name(&feature.name, environment)).await?;
    change.delete(&assignment).await?;
    announce(change, &feature.name, environment, None)?;
    Ok(assignment)
}

/// The rules that an assignment does not keep.
pub(crate) async fn check_assignment(tx: &mut OrgRead, state: &AssignmentState) -> Result<Vec<FieldError>, Problem> {
    let mut errors = state.check();
    for (pointer, model) in state.named() {
        if find_reference::<ModelId>(tx, MODEL, model).await?.is_none() {
            errors.push(FieldError::new(pointer, format!("there is no model `{model}`")));
        }
    }
    Ok(errors)
}

/// Tells those who watch whether a feature serves, if that is not as it was before.
pub(crate) fn announce_status(
    change: &mut Change,
    feature: &str,
    before: FeatureStatus,
    now: FeatureStatus,
) -> Result<(), Problem> {
    if now == before {
        return Ok(());
    }
    let about = json!({ "feature": feature, "status": now, "before": before });
    change.announce(EventKind::FeatureStatusChanged, READ, &about)
}

/// Tells those who watch what serves a feature.
pub(crate) fn announce(
    change: &mut Change,
    feature: &str,
    environment: Environment,
    state: Option<&AssignmentState>,
) -> Result<(), Problem> {
    let models: Vec<&str> = state.iter().flat_map(|state| &state.models).map(|one| one.model.as_str()).collect();
    let about = json!({ "feature": feature, "environment": environment, "models": models });
    change.announce(EventKind::ModelDeploymentUpdated, READ, &about)
}

async fn find_application(change: &mut Change, reference: &str) -> Result<ApplicationId, Problem> {
    let found = find_reference(change.read(), APPLICATION, reference).await?;
    found.map(|application| application.id).ok_or_else(|| {
        Problem::invalid(vec![FieldError::new("/application", format!("there is no application `{reference}`"))])
    })
}

fn refuse(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}

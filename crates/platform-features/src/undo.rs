//! How decisions about features and assignments are taken back: by the rules of their routes.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use glaux_kernel::{ApplicationId, Environment, Permission};
use glaux_platform_kit::{Change, Inverse, Object, Undo, Undoable, find, find_by_id, find_reference, undo_of};
use glaux_store::OrgRead;
use glaux_web::{FieldError, Problem};

use crate::{
    Assignment, AssignmentState, Feature, FeatureState, assignment_name, payloads,
    routes::{WRITE, WRITE_PAYLOADS},
    service::{APPLICATION, announce, announce_status, check_assignment},
};

/// How decisions about this capability's objects are taken back.
pub fn undoing() -> Vec<Arc<dyn Undo>> {
    vec![undo_of::<Feature>(), undo_of::<Assignment>()]
}

#[async_trait]
impl Undoable for Feature {
    fn inverse(action: &str) -> Option<Inverse> {
        let action = match action {
            payloads::ACTION => return Some(Inverse { action: payloads::ACTION, right: WRITE_PAYLOADS }),
            other => other,
        };
        Inverse::of(action, WRITE)
    }

    /// What is kept of calls is for those to decide who have the right to it, also where it comes back with a feature.
    fn further_right(before: Option<&FeatureState>, after: Option<&FeatureState>) -> Option<Permission> {
        let before = before?;
        let none = BTreeMap::new();
        let is_the_same = before.payloads == *after.map_or(&none, |after| &after.payloads);
        (!is_the_same).then_some(WRITE_PAYLOADS)
    }

    async fn find_need(tx: &mut OrgRead, feature: &Object<Self>) -> Result<Option<String>, Problem> {
        for environment in Environment::ALL {
            let name = assignment_name(&feature.name, environment);
            if find::<Assignment>(tx, &name).await?.is_some() {
                return Ok(Some(format!("models are assigned to it in {environment}; take that back first")));
            }
        }
        Ok(None)
    }

    async fn find_fault(tx: &mut OrgRead, feature: &Object<Self>) -> Result<Option<String>, Problem> {
        let application = feature.state.application.to_string();
        if find_reference::<ApplicationId>(tx, APPLICATION, &application).await?.is_none() {
            return Ok(Some("its application is gone".to_owned()));
        }
        let kept = feature.state.payloads.values().flat_map(payloads::check);
        Ok(words(feature.state.check().into_iter().chain(kept)))
    }

    fn announce(
        change: &mut Change,
        name: &str,
        before: Option<&FeatureState>,
        after: Option<&FeatureState>,
    ) -> Result<(), Problem> {
        match (before, after) {
            (Some(before), Some(after)) => announce_status(change, name, before.status, after.status),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Undoable for Assignment {
    fn inverse(action: &str) -> Option<Inverse> {
        Inverse::of(action, WRITE)
    }

    async fn find_fault(tx: &mut OrgRead, assignment: &Object<Self>) -> Result<Option<String>, Problem> {
        if find_by_id::<Feature>(tx, assignment.state.feature).await?.is_none() {
            return Ok(Some("its feature is gone; bring that back first".to_owned()));
        }
        Ok(words(check_assignment(tx, &assignment.state).await?))
    }

    fn announce(
        change: &mut Change,
        name: &str,
        before: Option<&AssignmentState>,
        after: Option<&AssignmentState>,
    ) -> Result<(), Problem> {
        let Some(environment) = after.or(before).map(|state| state.environment) else { return Ok(()) };
        let feature = name.split_once('/').map_or(name, |(feature, _)| feature);
        announce(change, feature, environment, after)
    }
}

fn words(errors: impl IntoIterator<Item = FieldError>) -> Option<String> {
    let rules: Vec<_> = errors.into_iter().map(|error| error.detail).collect();
    (!rules.is_empty()).then(|| rules.join("; "))
}

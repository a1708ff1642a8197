use std::sync::Arc;

use foldhash::HashMap;
use glaux_kernel::{ApplicationId, FeatureId, KeyId, Money};
use smallvec::SmallVec;

use crate::document::{self, BudgetScope};

/// A budget with its thresholds as amounts.
#[derive(Debug)]
pub struct Budget {
    /// As it is configured.
    pub definition: document::Budget,
    /// Nano-dollars at which an alert goes out, ascending.
    pub threshold_nanos: Arc<[i64]>,
}

impl Budget {
    fn new(definition: document::Budget) -> Self {
        let at = |permille: &u32| threshold_nanos(definition.amount, *permille);
        let mut thresholds: Vec<i64> = definition.thresholds_permille.iter().map(at).collect();
        thresholds.sort_unstable();
        Self { definition, threshold_nanos: thresholds.into() }
    }
}

/// Nano-units at which a share of `amount`, in thousandths, is reached.
pub fn threshold_nanos(amount: Money, permille: u32) -> i64 {
    i64::try_from(i128::from(amount.nanos()) * i128::from(permille) / 1000).unwrap_or(i64::MAX)
}

/// What an attempt is, as far as budgets ask.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The program that called.
    pub application: ApplicationId,
    /// The credential it used.
    pub key: KeyId,
    /// The feature, where the call named one.
    pub feature: Option<FeatureId>,
    /// The end user, where the call named one.
    pub user: Option<&'a str>,
    /// `provider/model`.
    pub model: &'a str,
    /// The provider's name.
    pub provider: &'a str,
    /// What the call was tagged with.
    pub tags: &'a [(String, String)],
}

/// A tenant's budgets, found without looking at those of other keys, users or features.
///
/// Each budget is filed under the narrowest of its conditions; the others are checked one by one.
#[derive(Debug, Default)]
pub struct BudgetIndex {
    by_key: HashMap<KeyId, Vec<Arc<Budget>>>,
    by_user: HashMap<Box<str>, Vec<Arc<Budget>>>,
    by_feature: HashMap<FeatureId, Vec<Arc<Budget>>>,
    by_model: HashMap<Box<str>, Vec<Arc<Budget>>>,
    rest: Vec<Arc<Budget>>,
    all: Vec<Arc<Budget>>,
}

impl BudgetIndex {
    /// Files the budgets.
    pub fn new(budgets: impl Iterator<Item = document::Budget>) -> Self {
        let mut index = Self::default();
        for budget in budgets.map(Budget::new).map(Arc::new) {
            index.all.push(Arc::clone(&budget));
            let list = match &budget.definition.scope {
                BudgetScope { key: Some(key), .. } => index.by_key.entry(*key).or_default(),
                BudgetScope { user: Some(user), .. } => index.by_user.entry(user.as_str().into()).or_default(),
                BudgetScope { feature: Some(feature), .. } => index.by_feature.entry(*feature).or_default(),
                BudgetScope { model: Some(model), .. } => index.by_model.entry(model.as_str().into()).or_default(),
                BudgetScope { .. } => &mut index.rest,
            };
            list.push(budget);
        }
        index
    }

    /// Every budget of the tenant.
    pub fn all(&self) -> &[Arc<Budget>] {
        &self.all
    }

    /// The budgets that an attempt counts against.
    pub fn matching(&self, subject: Subject<'_>) -> SmallVec<[&Arc<Budget>; 4]> {
        let filed = [
            self.by_key.get(&subject.key),
            subject.user.and_then(|user| self.by_user.get(user)),
            subject.feature.and_then(|feature| self.by_feature.get(&feature)),
            self.by_model.get(subject.model),
        ];
        filed
            .into_iter()
            .flatten()
            .flatten()
            .chain(&self.rest)
            .filter(|budget| counts(&budget.definition.scope, subject))
            .collect()
    }
}

fn counts(scope: &BudgetScope, subject: Subject<'_>) -> bool {
    scope.application.is_none_or(|application| application == subject.application)
        && scope.key.is_none_or(|key| key == subject.key)
        && scope.feature.is_none_or(|feature| Some(feature) == subject.feature)
        && scope.user.as_deref().is_none_or(|user| Some(user) == subject.user)
        && scope.model.as_deref().is_none_or(|model| model == subject.model)
        && scope.provider.as_deref().is_none_or(|provider| provider == subject.provider)
        && scope.tags.iter().all(|tag| subject.tags.contains(tag))
}

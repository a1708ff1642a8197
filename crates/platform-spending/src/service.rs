//! What is done with budgets, in the change that the caller opened.

use glaux_kernel::{Money, Period};
use glaux_platform_kit::{Change, Object, find};
use glaux_routing::document::BudgetAction;
use glaux_web::{FieldError, MoneySchema, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{Budget, BudgetState, budget::permille, scope::NewScope};

/// A new budget.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBudget {
    #[schema(example = "web cap")]
    pub(crate) name: String,
    pub(crate) scope: NewScope,
    /// daily, weekly, monthly or quarterly.
    #[schema(value_type = String, example = "monthly")]
    pub(crate) period_type: Period,
    #[schema(value_type = MoneySchema)]
    pub(crate) budget_amount: Money,
    /// Shares of the amount at which an alert goes out.
    #[serde(default)]
    #[schema(example = json!(["0.5", "0.8", "1.0"]))]
    pub(crate) alert_thresholds: Vec<String>,
    pub(crate) action: BudgetAction,
}

/// What changes of a budget; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BudgetChange {
    #[schema(value_type = Option<MoneySchema>)]
    pub(crate) budget_amount: Option<Money>,
    pub(crate) alert_thresholds: Option<Vec<String>>,
    pub(crate) action: Option<BudgetAction>,
}

/// Limits spending from now on; what was spent in the present period counts.
pub(crate) async fn create_budget(change: &mut Change, new: NewBudget) -> Result<Object<Budget>, Problem> {
    let state = checked(BudgetState {
        scope: new.scope.resolve(change.read()).await?,
        period_type: new.period_type,
        budget_amount: new.budget_amount,
        thresholds_permille: thresholds(&new.alert_thresholds)?,
        action: new.action,
    })?;
    change.create::<Budget>(&new.name, state).await
}

/// Changes how much, when to tell, and what happens.
pub(crate) async fn update_budget(
    change: &mut Change,
    budget: Object<Budget>,
    asked: BudgetChange,
) -> Result<Object<Budget>, Problem> {
    let now = budget.state.clone();
    let state = checked(BudgetState {
        budget_amount: asked.budget_amount.unwrap_or(now.budget_amount),
        thresholds_permille: match asked.alert_thresholds {
            Some(texts) => thresholds(&texts)?,
            None => now.thresholds_permille,
        },
        action: asked.action.unwrap_or(now.action),
        ..now
    })?;
    change.replace(budget, state).await
}

/// Makes the budget, or brings the present one to what is stated: that is how a file is applied.
///
/// # Errors
/// `invalid` when the present one has another scope or period, which do not change.
pub async fn put_budget(change: &mut Change, new: NewBudget) -> Result<Object<Budget>, Problem> {
    let Some(budget) = find::<Budget>(change.read(), &new.name).await? else { return create_budget(change, new).await };
    let mut errors = Vec::new();
    if new.scope.resolve(change.read()).await? != budget.state.scope {
        errors.push(FieldError::new("/scope", "the scope of a budget does not change; give it another name"));
    }
    if new.period_type != budget.state.period_type {
        errors.push(FieldError::new("/period_type", "the period of a budget does not change; give it another name"));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let asked = BudgetChange {
        budget_amount: Some(new.budget_amount),
        alert_thresholds: (!new.alert_thresholds.is_empty()).then_some(new.alert_thresholds),
        action: Some(new.action),
    };
    update_budget(change, budget, asked).await
}

fn thresholds(texts: &[String]) -> Result<Vec<u32>, Problem> {
    let mut parsed = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        parsed.push(permille(text).ok_or_else(|| {
            let detail = "a threshold is a decimal number above 0, at most 10, with at most three places";
            Problem::invalid(vec![FieldError::new(format!("/alert_thresholds/{index}"), detail)])
        })?);
    }
    parsed.sort_unstable();
    parsed.dedup();
    Ok(parsed)
}

fn checked(state: BudgetState) -> Result<BudgetState, Problem> {
    let errors = state.check();
    if errors.is_empty() { Ok(state) } else { Err(Problem::invalid(errors)) }
}

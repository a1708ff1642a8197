use glaux_kernel::{BudgetId, Currency, Money, Period};
use glaux_platform_kit::Kind;
use glaux_routing::document::{BudgetAction, BudgetScope};
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};

/// Scope × period × amount.
pub struct Budget;

impl Kind for Budget {
    const KIND: &'static str = "budget";
    const SCHEMA_VERSION: u32 = 1;
    type Id = BudgetId;
    type State = BudgetState;
}

/// What is known of a budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BudgetState {
    /// What it counts.
    pub scope: BudgetScope,
    /// How often it starts anew, at midnight of the organization's time zone.
    pub period_type: Period,
    /// How much per period.
    pub budget_amount: Money,
    /// Shares of the amount, in thousandths, at which an alert goes out; ascending.
    pub thresholds_permille: Vec<u32>,
    /// What happens when it is used up.
    pub action: BudgetAction,
}

impl BudgetState {
    /// The rules that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.budget_amount.currency() != Currency::USD {
            errors.push(FieldError::new("/budget_amount/currency", "budgets are in USD, as prices are"));
        }
        if self.budget_amount.nanos() <= 0 {
            errors.push(FieldError::new("/budget_amount/amount", "an amount is above zero"));
        }
        errors
    }
}

/// A share such as `0.8` in thousandths; at most three decimal places, above 0 and at most 10.
pub(crate) fn permille(text: &str) -> Option<u32> {
    let nanos = Money::parse(text, Currency::USD).ok()?.nanos();
    let permille = nanos / 1_000_000;
    (nanos % 1_000_000 == 0 && (1..=10_000).contains(&permille)).then(|| u32::try_from(permille).ok())?
}

/// Thousandths as a share: `800` is `0.8`.
pub(crate) fn share(permille: u32) -> String {
    let text = format!("{}.{:03}", permille / 1000, permille % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        for (text, expected) in [("0.5", Some(500)), ("1.0", Some(1000)), ("0.001", Some(1)), ("10", Some(10_000))] {
            assert_eq!(permille(text), expected, "{text}");
        }
        for text in ["0", "-1", "0.0001", "10.001", "half", ""] {
            assert_eq!(permille(text), None, "{text}");
        }
        assert_eq!((share(500), share(1000), share(1)), ("0.5".to_owned(), "1".to_owned(), "0.001".to_owned()));
    }
}

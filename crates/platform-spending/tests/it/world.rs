use std::sync::Arc;

use glaux_kernel::{BudgetId, Timestamp};
use glaux_platform_spending::{Balances, OpenHold};
use glaux_testkit::{database::TestDatabase, management::Management};
use glaux_web::{Actor, Caller, Grant};
use serde_json::{Value, json};

pub(crate) const BUDGETS: &str = "/api/platform/ai-management/spending/budgets";

/// A ledger in which nothing was spent.
struct Nothing;

impl Balances for Nothing {
    fn balance(&self, _: BudgetId, _: Timestamp) -> (i64, i64) {
        (0, 0)
    }

    fn holds(&self, _: BudgetId) -> Vec<OpenHold> {
        Vec::new()
    }
}

pub(crate) async fn start(database: TestDatabase) -> Management {
    let kinds = [glaux_platform_features::undoing(), glaux_platform_spending::undoing()].concat();
    let modules = vec![
        glaux_platform_applications::module(),
        glaux_platform_features::module(),
        glaux_platform_keys::module(),
        glaux_platform_kit::journal_module(kinds),
        glaux_platform_kit::live_module(),
        glaux_platform_models::module(),
        glaux_platform_spending::module(Arc::new(Nothing)),
    ];
    let api = Management::start(database, modules).await;
    let system =
        Caller { actor: Actor::System, name: "system".to_owned(), organization: api.acme(), grant: Grant::Everything };
    glaux_platform_applications::bootstrap(api.context(), &system).await.unwrap();
    api
}

/// A budget of ten dollars a month, with alerts at a half and at all of it.
pub(crate) fn budget(name: &str, scope: Value) -> Value {
    json!({
        "name": name, "scope": scope, "period_type": "monthly",
        "budget_amount": { "amount": "10.00", "currency": "USD" },
        "alert_thresholds": ["0.5", "1.0"], "action": "notify",
    })
}

use std::{collections::BTreeSet, sync::Arc};

use glaux_kernel::{BudgetId, Permission, Timestamp};
use glaux_platform_identity::Role;
use glaux_platform_kit::Module;
use glaux_platform_operations::{History, Idle};
use glaux_platform_spending::{Balances, OpenHold};
use glaux_testkit::database::TestDatabase;
use glaux_web::{Actor, Caller, Grant};
use serde_json::{Value, json};

use crate::installation::Installation;

/// Nothing is spent.
struct Nothing;

impl Balances for Nothing {
    fn balance(&self, _: BudgetId, _: Timestamp) -> (i64, i64) {
        (0, 0)
    }

    fn holds(&self, _: BudgetId) -> Vec<OpenHold> {
        Vec::new()
    }
}

fn modules() -> Vec<Module> {
    vec![
        glaux_platform_kit::journal_module(Vec::new()),
        glaux_platform_kit::live_module(),
        glaux_platform_identity::module(),
        glaux_platform_applications::module(),
        glaux_platform_models::module(),
        glaux_platform_features::module(),
        glaux_platform_keys::module(),
        glaux_platform_spending::module(Arc::new(Nothing)),
        glaux_platform_payloads::module(),
        glaux_platform_changes::module(),
        glaux_platform_operations::module(Arc::new(Idle), History::default()),
    ]
}

/// Method, path and permission of every operation.
fn operations() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for module in modules() {
        let document = serde_json::to_value(module.routes.get_openapi()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let permission = operation["x-glaux-permission"].as_str();
                let permission = permission.unwrap_or_else(|| panic!("{method} {path} has no gate"));
                found.push((method.to_uppercase(), path.clone(), permission.to_owned()));
            }
        }
    }
    assert!(found.len() > 30);
    found
}

#[tokio::test]
async fn each_role_may_call_the_routes_whose_permission_it_has() {
    let installation = Installation::with(TestDatabase::sqlite().await, modules()).await;
    for role in Role::ALL {
        let role = serde_json::to_value(role).unwrap();
        let wish = json!({ "name": role, "role": role });
        let issued = installation.admin().post("/api/auth/tokens", wish).await.ok();
        let text = issued["token"].as_str().unwrap();
        let me = installation.api.bearer(Some(text)).get("/api/me").await.ok();
        let own: BTreeSet<&str> = me["permissions"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for (method, path, permission) in operations() {
            // A stream does not end.
            if path.ends_with("/events") {
                continue;
            }
            let path = path.replace(['{', '}'], "");
            let status = installation.api.bearer(Some(text)).request(&method, &path).send().await.status.as_u16();
            let may = permission == "public" || own.contains("*") || own.contains(permission.as_str());
            assert_eq!(status != 403, may, "{role} {method} {path} needs {permission}: {status}");
            assert!(permission == "public" || status != 401, "{role} {method} {path}");
        }
    }
}

#[test]
fn a_role_names_only_permissions_that_routes_need() {
    let known: BTreeSet<String> = operations().into_iter().map(|(_, _, permission)| permission).collect();
    for role in Role::ALL {
        let Grant::Only(named) = role.grant() else { continue };
        let unknown: Vec<&String> = named.difference(&known).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "{role:?}");
    }
    // The organization's admin may do everything in it, and makes nobody an admin of the platform.
    let above = |name: &str| ["public", "sign_in_links.issue"].contains(&name);
    let Grant::Only(admin) = Role::AiAdmin.grant() else { panic!("an organization's admin is no platform admin") };
    let missing: Vec<String> = known.into_iter().filter(|name| !above(name) && !admin.contains(name)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn who_may_do_what() {
    let may = |role: Role, permission: &'static str| {
        let organization = glaux_kernel::OrganizationId::PLATFORM;
        let caller = Caller { actor: Actor::System, name: String::new(), organization, grant: role.grant() };
        caller.may(Permission(permission))
    };
    let check = |permission: &'static str, expected: [bool; 5]| {
        assert_eq!(Role::ALL.map(|role| may(role, permission)), expected, "{permission}");
    };
    // platform_admin, ai-admin, ai-developer, ai-viewer, finance-manager
    check("me.read", [true; 5]);
    check("features.read", [true; 5]);
    check("features.write", [true, true, true, false, false]);
    check("keys.write", [true, true, false, false, false]);
    check("providers.write", [true, true, false, false, false]);
    check("budgets.write", [true, true, false, false, true]);
    check("spending.read", [true; 5]);
    check("usage.read", [true, true, true, false, true]);
    check("usage.adjust", [true, true, false, false, true]);
    check("journal.read", [true, true, true, false, false]);
    check("tokens.write", [true, true, false, false, false]);
    check("metrics.read", [true, false, false, false, false]);
}

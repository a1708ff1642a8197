use std::{sync::Arc, time::Duration};

use glaux_jobs::Schedule;
use glaux_kernel::NodeId;
use glaux_store::{Sql, sql};
use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::installation::Installation;

on_both!(what_has_ended_goes);

const COUNTS: [Sql; 3] = [
    sql("SELECT CAST(COUNT(*) AS BIGINT) FROM sign_in_links WHERE organization_id = $1"),
    sql("SELECT CAST(COUNT(*) AS BIGINT) FROM sessions WHERE organization_id = $1"),
    sql("SELECT CAST(COUNT(*) AS BIGINT) FROM idempotency_keys WHERE organization_id = $1"),
];

async fn what_has_ended_goes(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let context = installation.api.context();
    let node = NodeId::new(context.clock.now(), &*context.rng);
    let jobs = glaux_platform_identity::jobs(&context.db);
    let mut schedule = Schedule::new(context.db.clone(), Arc::clone(&context.clock), node, jobs);
    let link = installation.identity.issue_admin_link().await.unwrap();
    let signed_in = installation.follow(link.0.expose()).await;
    installation.browse("GET", "/api/me", &signed_in).await.ok();
    installation.identity.issue_admin_link().await.unwrap();
    let token = installation.admin().request("POST", "/api/auth/tokens").header("idempotency-key", "once");
    token.json(json!({ "name": "ci", "role": "ai-viewer" })).send().await.ok();

    let organization = installation.identity.system().organization;
    let count = async || {
        let mut tx = context.db.organization(organization).read().await.unwrap();
        let mut counts = [0_i64; 3];
        for (count, statement) in counts.iter_mut().zip(COUNTS) {
            (*count,) = tx.query(statement).fetch_one().await.unwrap();
        }
        counts
    };
    schedule.run_due().await.unwrap();
    assert_eq!(count().await, [1, 1, 1]);
    installation.api.advance(Duration::from_secs(2 * 24 * 60 * 60));
    assert_eq!(schedule.run_due().await.unwrap(), ["ended-sessions"]);
    assert_eq!(count().await, [0, 0, 0]);
}

use glaux_kernel::{FeatureId, KeyId, ModelId, ProviderId};
use glaux_ledger::{
    SentHold,
    record::{Status, Target},
};
use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::{node::Node, world::start};

on_both!(a_call_without_an_attempt_says_whose_it_was);

async fn a_call_without_an_attempt_says_whose_it_was(database: TestDatabase) {
    let api = start(database).await;
    let node = Node::new(api.context(), api.acme());
    let (now, rng) = (api.context().clock.now(), &*api.context().rng);
    let (key, feature) = (KeyId::new(now, rng), FeatureId::new(now, rng));
    let target =
        Target { provider: ProviderId::new(now, rng), model: ModelId::new(now, rng), model_name: "acme/m".to_owned() };
    let describe = |call: &mut glaux_ledger::record::Call| {
        (call.attribution.key, call.attribution.feature) = (key, Some(feature));
        call.attribution.user = Some("ann".to_owned());
        (call.status, call.http_status) = (Status::Blocked, 402);
    };
    let blocked = node.serve_ended(&target, describe, std::iter::empty::<fn(SentHold)>());
    node.project().await;
    let explained = api.admin().get(&format!("/api/platform/ai-management/usage/{blocked}")).await.ok();
    assert_eq!(explained["attempts"], json!([]));
    let call = &explained["call"];
    assert_eq!(
        [&call["environment"], &call["key"], &call["feature"], &call["user"]],
        [&json!("production"), &json!(key), &json!(feature), &json!("ann")]
    );
}

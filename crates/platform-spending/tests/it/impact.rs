//! What another model would have cost, checked against sums made by hand.

use std::time::Duration;

use glaux_kernel::{Environment, FeatureId};
use glaux_ledger::{
    SentHold, Settlement,
    record::{Call, Cost, MeterName, Target},
};
use glaux_llm::{Meter, Usage, UsageBasis};
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};

use crate::{
    node::{Node, dollars, settlement},
    world::start,
};

on_both!(
    the_calls_of_a_feature_are_rated_at_another_models_prices,
    only_the_youngest_attempts_are_looked_at,
    what_can_not_be_compared_is_refused,
);

const IMPACT: &str = "/api/platform/ai-management/spending/impact";
const MODELS: &str = "/api/platform/ai-management/models";
const DAY: Duration = Duration::from_secs(86_400);

/// A million tokens cost a dollar in and two out at `acme/small`, and `acme/large` served so far.
struct Scene {
    api: Management,
    node: Node,
    feature: FeatureId,
    small: Target,
    large: Target,
}

async fn scene(database: TestDatabase) -> Scene {
    let api = start(database).await;
    let admin = api.admin();
    let node = Node::new(api.context(), api.acme());
    let provider = json!({
        "name": "acme", "kind": "openai", "base_url": "https://api.openai.com/v1",
        "credentials": { "api_key": "sk-very-secret" },
    });
    let provider = admin.post(&format!("{MODELS}/providers"), provider).await.ok();
    let model = async |name: &str, prices: Value| {
        let model = json!({
            "provider": "acme", "name": name, "type": "llm", "prices": prices, "context_window": 200_000,
            "max_output_tokens": 900,
        });
        let made = admin.post(MODELS, model).await.ok();
        Target { provider: id(&provider), model: id(&made), model_name: format!("acme/{name}") }
    };
    let prices = json!([
        { "meter": "input_tokens", "rate_per_million": "1" },
        { "meter": "output_tokens", "rate_per_million": "2" },
    ]);
    let (small, large) = (model("small", prices).await, model("large", json!([])).await);
    let chatbot = json!({ "name": "chatbot", "display_name": "Chatbot" });
    let feature = id(&admin.post("/api/platform/ai-management/features", chatbot).await.ok());
    Scene { api, node, feature, small, large }
}

impl Scene {
    /// A call of the feature in production.
    fn of_feature(&self) -> impl FnOnce(&mut Call) {
        let feature = self.feature;
        move |call| call.attribution.feature = Some(feature)
    }

    async fn impact(&self, days: u32) -> Value {
        let asked = json!({ "feature": "chatbot", "environment": "production", "model": "acme/small", "days": days });
        self.api.permitted(&["spending.read"]).post(IMPACT, asked).await.ok()
    }
}

fn id<I: glaux_kernel::Id>(made: &Value) -> I {
    made["id"].as_str().unwrap().parse().ok().unwrap()
}

fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// Used so much, for so many dollars.
fn used(classes: &[(Meter, u64)], cost: i64) -> Settlement {
    let usage = classes.iter().fold(Usage::default(), |usage, (meter, quantity)| usage.with(*meter, *quantity));
    Settlement { usage, ..settlement(dollars(cost)) }
}

fn settle(settled: Settlement) -> impl FnOnce(SentHold) {
    |sent| drop(sent.settle(settled))
}

async fn the_calls_of_a_feature_are_rated_at_another_models_prices(database: TestDatabase) {
    let scene = scene(database).await;
    let (node, large) = (&scene.node, &scene.large);
    let serve = |settled: Settlement| node.serve_ended(large, scene.of_feature(), [settle(settled)]);
    // Too long ago for a week.
    serve(used(&[(Meter::InputTokens, 2_000_000)], 7));
    scene.api.advance(8 * DAY);
    let nothing = scene.impact(7).await;
    assert_eq!((&nothing["calls"], &nothing["per_call_after"]), (&json!(0), &Value::Null));

    // 9000 in and 1000 out, for 0.002 dollars.
    node.serve_as(large, scene.of_feature());
    let estimated = Settlement { usage_basis: UsageBasis::Estimated, ..used(&[(Meter::InputTokens, 1_000_000)], 3) };
    serve(estimated);
    // The first attempt used nothing; the second one what `acme/small` has no price for, nor `acme/large` had.
    let mut searched = used(&[(Meter::InputTokens, 500_000), (Meter::WebSearches, 2)], 1);
    searched.cost = Cost { unpriced: Some(MeterName(Meter::WebSearches)), ..searched.cost };
    node.serve_ended(large, scene.of_feature(), [used(&[], 0), searched].map(settle));
    // Nothing is known of it, or it is another environment's, another feature's, or came from the cache.
    node.serve_ended(large, scene.of_feature(), [drop::<SentHold>]);
    node.serve_as(large, |call| {
        scene.of_feature()(call);
        call.attribution.environment = Environment::Staging;
    });
    node.serve_as(&scene.small, |call| call.duration_micros = 3_000_000);
    node.serve_ended(large, scene.of_feature(), [(); 0].map(|()| drop::<SentHold>));
    scene.node.project().await;
    scene.api.advance(Duration::from_secs(1));

    let mut found = scene.impact(7).await;
    let [before, after] =
        ["latency_ms_before", "latency_ms_after"].map(|name| found[name].take()["p95"].as_f64().unwrap());
    assert!((1.48..=1.52).contains(&before), "{before}");
    assert!((2970.0..=3030.0).contains(&after), "{after}");
    let expected = json!({
        "calls": 3, "attempts": 4, "sampled": false, "unpriced": 1,
        // 0.002 + 3 + 1
        "before": usd("4.002000000"),
        // (0.009 + 0.002) + 1 + 0.5
        "after": usd("1.511000000"), "difference": usd("-2.491000000"),
        "per_call_before": usd("1.334000000"), "per_call_after": usd("0.503666666"),
        "latency_ms_before": null, "latency_ms_after": null,
        "limits": [
            "2 of 3 calls had more input than the model's context window of 200,000",
            "1 of 3 calls had more output than the 900 tokens that the model can write",
            "the usage of 1 of 4 attempts was not reported by the provider",
            "1 of 4 attempts used what had no price: they cost more than is known",
            "attempts of whose usage nothing is known are left out: 1",
        ],
    });
    assert_eq!(found, expected);

    let month = scene.impact(30).await;
    assert_eq!(
        (&month["calls"], &month["before"], &month["after"]),
        (&json!(4), &usd("11.002000000"), &usd("3.511000000"))
    );
}

async fn only_the_youngest_attempts_are_looked_at(database: TestDatabase) {
    let scene = scene(database).await;
    for call in 0..21 {
        let settled = || used(&[(Meter::InputTokens, 1000 * u64::from(call > 0))], 0);
        scene.node.serve_ended(&scene.large, scene.of_feature(), (0..1000).map(|_| settle(settled())));
        scene.api.advance(Duration::from_secs(1));
    }
    scene.node.project().await;
    let found = scene.impact(1).await;
    assert_eq!((&found["attempts"], &found["calls"], &found["sampled"]), (&json!(20_000), &json!(20), &json!(true)));
    assert_eq!(found["after"], usd("20.000000000"), "a thousandth of a dollar each, and none for the oldest");
}

async fn what_can_not_be_compared_is_refused(database: TestDatabase) {
    let Scene { api, .. } = scene(database).await;
    let ask = async |name: &str, value: Value| {
        let mut asked = json!({ "feature": "chatbot", "environment": "production", "model": "acme/small" });
        asked[name] = value;
        api.admin().post(IMPACT, asked).await
    };
    for days in [0, 31] {
        assert_eq!(ask("days", json!(days)).await.pointers("unprocessable"), ["/days"]);
    }
    assert_eq!(ask("feature", json!("none")).await.pointers("not_found"), ["/feature"]);
    assert_eq!(ask("model", json!("acme/none")).await.pointers("not_found"), ["/model"]);
    let gone = json!("mod_01890000000070008000000000000000");
    assert_eq!(ask("model", gone).await.pointers("not_found"), ["/model"]);
    ask("environment", json!("nowhere")).await.problem("invalid_request");
    ask("colour", json!("red")).await.problem("invalid_request");
    let asked = json!({ "feature": "chatbot", "environment": "production", "model": "acme/small" });
    api.permitted(&["usage.read"]).post(IMPACT, asked.clone()).await.problem("forbidden");
    api.stranger(&["spending.read"]).post(IMPACT, asked).await.problem("not_found");
}

use glaux_routing::document::{Limits, Policy};

use crate::world::World;

const CHAT: &str = "/v1/chat/completions";
const BODY: &str = r#"{"model":"chatbot","messages":[{"role":"user","content":"hello"}]}"#;

#[tokio::test]
async fn changes_serve_the_next_call() {
    let mut world = World::start().await;
    world.add_model("echo");
    world.add_model("say-3");
    for model in ["sandbox/echo", "sandbox/say-3"] {
        world.assign("chatbot", &[model], Policy::default());
        assert_eq!(world.send(CHAT, BODY).await.headers["x-glaux-model"], model);
    }
    world.document.keys.clear();
    world.publish();
    assert_eq!(world.send(CHAT, BODY).await.status.as_u16(), 401);
}

#[tokio::test]
async fn a_key_may_do_only_what_it_is_for() {
    let mut world = World::start().await;
    world.add_model("echo");
    world.assign("chatbot", &["sandbox/echo"], Policy::default());
    let key = &mut world.document.keys[0];
    (key.features, key.models) = (vec!["other".to_owned()], vec!["elsewhere/*".to_owned()]);
    world.publish();
    assert_eq!(world.send(CHAT, BODY).await.status.as_u16(), 404);
    world.document.keys[0].ip_deny = vec!["127.0.0.0/8".parse().unwrap()];
    world.publish();
    assert_eq!(world.send(CHAT, BODY).await.status.as_u16(), 403);
}

#[tokio::test]
async fn limits_refuse_and_say_when_to_come_back() {
    let mut world = World::start().await;
    world.add_model("echo");
    world.assign("chatbot", &["sandbox/echo"], Policy::default());
    world.document.keys[0].limits = Limits { requests_per_minute: Some(2), ..Limits::default() };
    world.publish();
    for _ in 0..2 {
        let answer = world.send(CHAT, BODY).await;
        assert_eq!(answer.status.as_u16(), 200);
        assert!(answer.headers.contains_key("ratelimit"));
    }
    let answer = world.send(CHAT, BODY).await;
    assert_eq!(answer.status.as_u16(), 429);
    assert!(answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn identical_calls_are_answered_from_the_cache_until_the_configuration_changes() {
    let mut world = World::start().await;
    world.add_model("echo");
    world.assign("chatbot", &["sandbox/echo"], Policy { cache_ttl_seconds: 60, ..Policy::default() });
    world.keep_payloads("chatbot", 1);
    let check = async |world: &World, expected: &str| {
        assert_eq!(world.send(CHAT, BODY).await.headers["x-glaux-cache"], expected);
    };
    check(&world, "miss").await;
    check(&world, "hit").await;
    world.document.journal_seq += 1;
    world.publish();
    check(&world, "miss").await;
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls.len(), attempts.len()), (3, 2));
    assert_eq!(calls.iter().filter(|call| call.cached).count(), 1);
}

#[tokio::test]
async fn what_must_not_be_kept_is_not_cached() {
    let mut world = World::start().await;
    world.add_model("echo");
    world.assign("chatbot", &["sandbox/echo"], Policy { cache_ttl_seconds: 60, ..Policy::default() });
    for _ in 0..2 {
        assert!(!world.send(CHAT, BODY).await.headers.contains_key("x-glaux-cache"));
    }
    assert_eq!(world.settled().await.1.len(), 2);
}

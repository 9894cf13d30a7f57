//! How many people say that they have checked, and how often one address may say so.

use crate::world::{Answer, Api, World, send};
use gateway::config::Quota;
use serde_json::{Value, json};
use std::num::NonZeroU32;

const CHECKS: &str = "/api/v1/checks";

async fn report(api: &Api, from: &str, body: &Value) -> Answer {
    let request = api.http.post(format!("{}{CHECKS}", api.url));
    let request = request.header("x-forwarded-for", from).json(body);
    send(request).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_counted_bounded_and_anonymous() {
    let world = World::create(|_| ()).await;
    let running = world
        .start_with(|config| {
            config.server.trusted_proxies = 1;
            let number = |n| NonZeroU32::new(n).unwrap();
            config.limits.check_address = Quota {
                per_minute: number(1),
                burst: number(3),
            };
        })
        .await;
    let api = &running.api;
    let counts = async || api.get(CHECKS).await.json();
    assert_eq!(counts().await, json!({ "receipts": 0, "elections": 0 }));
    for what in ["receipt", "receipt", "election"] {
        let answer = report(api, "198.51.100.1", &json!({ "what": what })).await;
        assert_eq!((answer.status, answer.bytes.len()), (204, 0));
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    // The same prefix has had its share, another one has not.
    let receipt = json!({ "what": "receipt" });
    let refused = report(api, "198.51.100.200", &receipt).await;
    assert_eq!(refused.problem(), "rate-limited");
    report(api, "203.0.113.1", &receipt).await.ok();
    for wrong in [
        json!({}),
        json!({ "what": "ballot" }),
        json!({ "what": "receipt", "who": "me" }),
        json!([]),
    ] {
        let refused = report(api, "203.0.113.9", &wrong).await;
        let allowed = ["malformed-request", "rate-limited"];
        assert!(allowed.contains(&refused.problem().as_str()), "{wrong}");
    }
    let long = json!({ "what": "receipt".repeat(100) });
    let refused = report(api, "192.0.2.1", &long).await;
    assert_eq!(refused.problem(), "oversized");
    assert_eq!(counts().await, json!({ "receipts": 3, "elections": 1 }));
    running.stop().await;
    let again = world.start().await;
    let kept = again.api.get(CHECKS).await.json();
    assert_eq!(kept, json!({ "receipts": 3, "elections": 1 }));
    again.stop().await;
}

//! The sealed-callback provider, with an agency's side of our own.

use crate::limits::quota;
use crate::world::{Answer, Redis, Town, World, send, until};
use gateway::config::{AgencyConfig, Config, Secret};
use gateway::server::{Gateway, StartError};
use serde_json::{Value, json};
use voting_core::codec::Decode;
use voting_core::credential::Credential;

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_answer_opens_once_for_the_browser_that_began() {
    // An agency says nothing of where people live.
    let town = Town::open(|document| document.eligibility.claims.clear()).await;
    let refused = async |begun: &Value, callback: &Value| {
        let answer = town.finish(begun, callback).await;
        assert_eq!(answer.problem(), "identity-refused");
    };
    let begun = town.begin().await;
    assert_eq!(begun["kind"], "form");
    let answer = town.agency.answer(&begun, |_| ());
    let session = town.finish(&begun, &answer).await.json();
    assert_eq!(session["class"], "citizen");
    refused(&begun, &answer).await;

    // Another transaction's answer, another browser's transaction.
    let (one, other) = (town.begin().await, town.begin().await);
    refused(&one, &town.agency.answer(&other, |_| ())).await;
    refused(&json!({ "transaction": "AAAA" }), &answer).await;
    for change in [
        (|a: &mut Value| a["resultcode"] = json!("0001")) as fn(&mut Value),
        |a| a["requestno"] = json!("0"),
        |a| a["sitecode"] = json!("G0000"),
        |a| a["ci"] = json!(null),
        |a| a["ci"] = json!(""),
    ] {
        let begun = town.begin().await;
        refused(&begun, &town.agency.answer(&begun, change)).await;
    }
    // The same person comes by the same CI, whatever DI, and is the same.
    let begun = town.begin().await;
    let answer = town.agency.answer(&begun, |a| a["di"] = json!("another"));
    let again = town.finish(&begun, &answer).await.json();
    let key = |session: &Value| session["session"].as_str().unwrap().to_owned();
    let first = town.credential(&key(&session), 71).await.ok();
    let second = town.credential(&key(&again), 72).await.ok();
    let pseudonym = |bytes: &[u8]| Credential::from_bytes(bytes).unwrap().voter.pseudonym;
    assert_eq!(pseudonym(&first), pseudonym(&second));
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_a_sealed_answer_can_be_changed() {
    let town = Town::open(|_| ()).await;
    let begun = town.begin().await;
    let answer = town.agency.answer(&begun, |_| ());
    for field in ["token_version_id", "enc_data", "integrity_value"] {
        let text = answer[field].as_str().unwrap().to_owned();
        // Each is a transaction of its own, as each try uses one up.
        for at in (0..text.len()).step_by(7).chain([text.len() - 1]) {
            let begun = town.begin().await;
            let mut answer = town.agency.answer(&begun, |_| ());
            let text = answer[field].as_str().unwrap().to_owned();
            let mut bytes = text.into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            answer[field] = json!(String::from_utf8(bytes).unwrap());
            let refused = town.finish(&begun, &answer).await;
            assert_eq!(refused.problem(), "identity-refused", "{field} {at}");
        }
        let begun = town.begin().await;
        let mut answer = town.agency.answer(&begun, |_| ());
        let text = answer[field].as_str().unwrap();
        answer[field] = json!(&text[..text.len() - 4]);
        assert_eq!(
            town.finish(&begun, &answer).await.problem(),
            "identity-refused"
        );
    }
    town.running.stop().await;
}

/// Whatever stands beside it: otherwise one transaction would be good for any number of tries.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_good_for_a_few_tries() {
    let few = |config: &mut Config| config.limits.identity_transaction = quota(1, 2);
    let town = Town::open_with(|_| (), few).await;
    let begun = town.begin().await;
    for (n, expected) in ["identity-refused", "identity-refused", "rate-limited"]
        .into_iter()
        .enumerate()
    {
        let callback =
            json!({ "token_version_id": format!("v{n}"), "enc_data": "", "integrity_value": "" });
        assert_eq!(town.finish(&begun, &callback).await.problem(), expected);
    }
    let other = town.finish(&town.begin().await, &json!({})).await;
    assert_eq!(other.problem(), "identity-refused");
    town.running.stop().await;
}

/// Begins from an address, as a proxy of ours says it.
async fn begin_from(town: &Town, address: &str) -> Answer {
    let url = format!("{}/api/v1/identity/agency/begin", town.api().url);
    let request = town.api().http.post(url);
    send(request.header("x-forwarded-for", address))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_spends_everybodys_paid_checks() {
    let few = |config: &mut Config| {
        config.server.trusted_proxies = 1;
        config.limits.identity_paid = quota(1, 3);
        config.limits.identity_paid_address = quota(1, 2);
    };
    let town = Town::open_with(|_| (), few).await;
    // Another address of the same prefix is the same asker, who costs the others nothing.
    begin_from(&town, "192.0.2.1").await.ok();
    begin_from(&town, "192.0.2.2").await.ok();
    for address in ["192.0.2.3", "192.0.2.1", "192.0.2.3"] {
        let refused = begin_from(&town, address).await;
        assert_eq!(refused.status, 429);
        assert_eq!(refused.problem(), "rate-limited");
        let header = |name: &str| refused.headers[name].to_str().unwrap();
        assert!(header("ratelimit").contains(r#""identity-paid-address";r=0;"#));
        assert!(header("ratelimit-policy").contains(r#""identity-paid-address";q=2;w=120"#));
        assert!((1..=60).contains(&header("retry-after").parse::<u64>().unwrap()));
    }
    begin_from(&town, "198.51.100.1").await.ok();
    let all_spent = begin_from(&town, "203.0.113.1").await;
    assert_eq!(all_spent.problem(), "rate-limited");
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_paid_check_begins_while_nobody_counts_them_together() {
    let mut redis = Redis::start().await;
    let url = redis.url();
    let shared = |config: &mut Config| {
        config.server.trusted_proxies = 1;
        config.redis.url = Some(url);
    };
    let town = Town::open_with(|_| (), shared).await;
    until("Redis is in use", async || {
        begin_from(&town, "192.0.2.1").await.status == 200
    })
    .await;
    redis.stop();
    for address in ["192.0.2.1", "203.0.113.1"] {
        let uncounted = begin_from(&town, address).await;
        assert_eq!(uncounted.problem(), "unavailable", "{address}");
    }
    // What costs nothing goes on.
    town.world.session(town.api(), "somebody").await;
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_may_post_a_form_to_the_agency_and_nowhere_else() {
    let town = Town::open(|_| ()).await;
    let policy = async |path: &str| {
        let answer = town.api().get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let form = policy.split(';').find(|part| part.contains("form-action"));
        form.unwrap().trim().to_owned()
    };
    let action = town.begin().await["action"].clone();
    let expected = format!("form-action {}", action.as_str().unwrap());
    for path in ["/", "/desk"] {
        assert_eq!(policy(path).await, expected, "{path}");
    }
    for path in ["/kiosk", "/my", "/result", "/help"] {
        assert_eq!(policy(path).await, "form-action 'none'", "{path}");
    }
    town.running.stop().await;
}

/// Who would send people to an address in the clear, or allow a whole site, does not start.
#[tokio::test(flavor = "multi_thread")]
async fn an_agency_whose_form_cannot_be_named_is_refused() {
    let world = World::create(|_| ()).await;
    for wrong in [
        None,
        Some("http://agency.example/form"),
        Some("https://agency.example/"),
        Some("https://agency.example/form#part"),
    ] {
        let mut options = world.options();
        options.config.agency = AgencyConfig {
            token_url: Some("https://agency.example/token".into()),
            form_url: wrong.map(str::to_owned),
            access_token: Some(Secret::new("token".into())),
            ..AgencyConfig::default()
        };
        let refused = Gateway::open(options).await.err();
        assert!(
            matches!(refused, Some(StartError::Provider(_))),
            "{wrong:?}"
        );
    }
}

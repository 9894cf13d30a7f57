//! Invitations and signing keys.

use crate::world::{World, claim};
use console::store::Role;
use console::token;
use serde_json::json;
use voting_core::ids::UnixMillis;
use voting_core::keys::SecretKey;

#[tokio::test]
async fn an_invitation_holds_two_days_for_a_name_that_can_be_shown() {
    let world = World::new().await;
    let manager = world.member(1, Role::Manager).await;
    for name in ["", "  ", "a\nb", &"가".repeat(101)] {
        let answer = world
            .post(
                &manager,
                "/members",
                json!({"name": name, "role": "manager"}),
            )
            .await;
        assert_eq!(answer.kind(), "malformed-request", "{name:?}");
    }
    assert_eq!(
        world
            .post(&manager, "/members", json!({"name": "가", "role": "root"}))
            .await
            .kind(),
        "malformed-request"
    );
    let made = world
        .post(
            &manager,
            "/members",
            json!({"name": " 김열람 ", "role": "observer"}),
        )
        .await
        .json();
    let hash = token::hash(made["token"].as_str().unwrap());
    let until = made["expires_at"].as_u64().unwrap();
    let store = &world.console.store;
    let at = |ms| store.invitation(&hash, UnixMillis::new(ms));
    assert_eq!(
        at(until - 1).await.unwrap(),
        Some(("김열람".into(), Role::Observer))
    );
    assert_eq!(at(until).await.unwrap(), None);
    let begun = world
        .post(
            &manager,
            "/enrol/start",
            json!({"invitation": made["token"]}),
        )
        .await;
    assert_eq!(begun.status, 200);
    assert_eq!(
        begun.json()["options"]["publicKey"]["rp"]["id"],
        "localhost"
    );
}

#[tokio::test]
async fn a_signing_key_is_registered_once_by_whoever_has_it() {
    let world = World::new().await;
    let (one, two) = (
        world.member(1, Role::Manager).await,
        world.member(2, Role::Manager).await,
    );
    // A claim of somebody else, or to a key that one does not have.
    assert_eq!(
        world
            .post(&one, "/me/key", claim(&two, &one.key))
            .await
            .kind(),
        "key-invalid"
    );
    let mut borrowed = claim(&one, &one.key);
    borrowed["key"] = json!(two.key.verify_key());
    assert_eq!(
        world.post(&one, "/me/key", borrowed).await.kind(),
        "key-invalid"
    );
    let mut garbage = claim(&one, &one.key);
    garbage["key"] = json!("00".repeat(32));
    assert_eq!(
        world.post(&one, "/me/key", garbage).await.kind(),
        "malformed-request"
    );
    assert_eq!(
        world
            .post(&one, "/me/key", claim(&one, &one.key))
            .await
            .status,
        204
    );
    let other = SecretKey::from_seed(&[99; 32]);
    assert_eq!(
        world
            .post(&one, "/me/key", claim(&one, &other))
            .await
            .kind(),
        "key-exists"
    );
    // Two members with one key would be one person who signs twice.
    assert_eq!(
        world
            .post(&two, "/me/key", claim(&two, &one.key))
            .await
            .kind(),
        "key-invalid"
    );
    let me = world.get(&one, "/me").await.json();
    assert_eq!(me["key"], json!(one.key.verify_key()));
    assert_eq!(me["credentials"].as_array().unwrap().len(), 1);
}

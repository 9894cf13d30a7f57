//! Invitations and signing keys.

use crate::world::{World, claim};
use console::oidc::Account;
use console::store::{Role, Way};
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

#[tokio::test]
async fn a_console_without_a_provider_takes_no_account() {
    let world = World::new().await;
    let member = world.member(1, Role::Observer).await;
    let ways = world.get(&member, "/signin/ways").await.json();
    assert_eq!(ways, json!({"openid": null}));
    for path in ["/openid/start", "/me/openid"] {
        let answer = world.post(&member, path, json!({})).await;
        assert_eq!(answer.kind(), "not-found", "{path}");
    }
    let callback = json!({"ticket": "no", "callback": {"code": "a", "state": "b"}});
    let answer = world.post(&member, "/openid/finish", callback).await;
    assert_eq!(answer.kind(), "ceremony-expired");
}

#[tokio::test]
async fn an_account_stands_for_one_member_until_the_link_or_the_membership_ends() {
    let world = World::new().await;
    let store = &world.console.store;
    let account = |subject: &str| Account {
        issuer: "https://sso.example".into(),
        subject: subject.into(),
    };
    let manager = world.member(1, Role::Manager).await;
    let two = world.member(2, Role::Observer).await;
    store
        .link_account(manager.id, &account("kim"))
        .await
        .unwrap();
    // Neither another's account nor a second one of the same member.
    assert!(store.link_account(two.id, &account("kim")).await.is_err());
    assert!(
        store
            .link_account(manager.id, &account("lee"))
            .await
            .is_err()
    );
    store.link_account(two.id, &account("lee")).await.unwrap();
    let found = store.account(&account("lee")).await.unwrap();
    assert_eq!(found.map(|member| member.id), Some(two.id));
    assert_eq!(store.account(&account("park")).await.unwrap(), None);

    let members = world.get(&manager, "/members").await.json();
    assert_eq!(members[1]["account"], json!(true));
    let path = format!("/members/{}/openid/end", two.id);
    assert_eq!(world.post(&manager, &path, json!({})).await.kind(), "204");
    assert_eq!(
        world.post(&manager, &path, json!({})).await.kind(),
        "not-found"
    );
    assert_eq!(store.account(&account("lee")).await.unwrap(), None);
    assert_eq!(world.get(&two, "/me").await.kind(), "signed-out");

    let now = (world.console.clock)();
    store.end_member(manager.id, now).await.unwrap();
    assert_eq!(store.account(&account("kim")).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_of_an_account_registers_no_signing_key() {
    let world = World::new().await;
    let mut manager = world.member(1, Role::Manager).await;
    let (now, until) = ((world.console.clock)(), UnixMillis::new(u64::MAX / 4));
    let store = &world.console.store;
    let hash = token::hash("account");
    let begun = store.begin_session(&hash, manager.id, now, until, Way::Account);
    begun.await.unwrap();
    let passkeys = std::mem::replace(&mut manager.token, "account".into());
    let claimed = claim(&manager, &manager.key);
    let answer = world.post(&manager, "/me/key", claimed.clone()).await;
    assert_eq!(answer.kind(), "passkey-needed");
    manager.token = passkeys;
    assert_eq!(world.post(&manager, "/me/key", claimed).await.kind(), "204");
}

//! Signing in with a passkey of our own making, also while others begin without end.

use crate::world::{Answer, ORIGIN, PASSKEY, World, request};
use axum::body::Body;
use axum::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use console::store::Role;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use webauthn_rs::prelude::{Passkey, Uuid};

/// The holder was there and was verified.
const FLAGS: u8 = 0b101;
const CREDENTIAL: [u8; 32] = [77; 32];

/// What a security key does.
struct Authenticator(EcdsaKeyPair);

impl Authenticator {
    fn new() -> Self {
        let (algorithm, rng) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &rng).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &rng).unwrap())
    }

    /// As the console keeps it.
    fn passkey(&self) -> Passkey {
        let mut json: Value = serde_json::from_str(PASSKEY).unwrap();
        let point = self.0.public_key().as_ref();
        let key = &mut json["cred"]["cred"]["key"]["EC_EC2"];
        key["x"] = base64(&point[1..33]).into();
        key["y"] = base64(&point[33..]).into();
        json["cred"]["cred_id"] = base64(&CREDENTIAL).into();
        serde_json::from_value(json).unwrap()
    }

    /// The answer to what was begun.
    fn answer(&self, begun: &Value, handle: Uuid) -> Value {
        let challenge = &begun["options"]["publicKey"]["challenge"];
        let client = json!({"type": "webauthn.get", "challenge": challenge, "origin": ORIGIN});
        let client = client.to_string();
        let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
        data.extend([FLAGS, 0, 0, 0, 0]);
        let signed = [&data, digest(&SHA256, client.as_bytes()).as_ref()].concat();
        let signature = self.0.sign(&SystemRandom::new(), &signed).unwrap();
        let id = base64(&CREDENTIAL);
        json!({"ticket": begun["ticket"], "credential": {
            "id": id, "rawId": id, "type": "public-key",
            "response": {
                "authenticatorData": base64(&data),
                "clientDataJSON": base64(client.as_bytes()),
                "signature": base64(signature.as_ref()),
                "userHandle": base64(handle.as_bytes()),
            },
        }})
    }
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Somebody without a session.
async fn anyone(world: &World, path: &str, value: &Value) -> Answer {
    let request = request("POST", path, None).header(header::CONTENT_TYPE, "application/json");
    let body = Body::from(value.to_string());
    world.send(request.body(body).unwrap()).await
}

async fn start(world: &World) -> Value {
    let answer = anyone(world, "/signin/start", &json!({})).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn whoever_began_finishes_whoever_else_begins() {
    let world = World::new().await;
    let authenticator = Authenticator::new();
    let member = world.member_with(1, Role::Observer, authenticator.passkey());
    let handle = member.await.handle;
    let begun = start(&world).await;
    for _ in 0..1_000 {
        start(&world).await;
    }
    let answer = authenticator.answer(&begun, handle);
    let finish = async |answer: &Value| anyone(&world, "/signin/finish", answer).await.kind();
    assert_eq!(finish(&answer).await, "204");
    // Once: whoever overheard it comes too late.
    assert_eq!(finish(&answer).await, "ceremony-expired");
}

#[tokio::test]
async fn a_ticket_is_good_for_what_was_begun_with_it_and_five_minutes() {
    let world = World::new().await;
    let authenticator = Authenticator::new();
    let manager = world.member(2, Role::Manager).await;
    let member = world.member_with(1, Role::Observer, authenticator.passkey());
    let handle = member.await.handle;
    let begun = start(&world).await;
    let finish = async |answer: &Value| anyone(&world, "/signin/finish", answer).await.kind();
    // The challenge of another, a ticket of another kind, and one that was not sealed here.
    let mut other = authenticator.answer(&start(&world).await, handle);
    other["ticket"] = begun["ticket"].clone();
    assert_eq!(finish(&other).await, "passkey-refused");
    let invited = json!({"name": "김열람", "role": "observer"});
    let invited = world.post(&manager, "/members", invited).await.json();
    let enrolling = json!({"invitation": invited["token"]});
    let enrolling = anyone(&world, "/enrol/start", &enrolling).await.json();
    other["ticket"] = enrolling["ticket"].clone();
    assert_eq!(finish(&other).await, "ceremony-expired");
    let elsewhere = World::new().await;
    other["ticket"] = start(&elsewhere).await["ticket"].clone();
    assert_eq!(finish(&other).await, "ceremony-expired");
    // A refused answer takes nothing from the right one.
    let answer = authenticator.answer(&begun, handle);
    world.pass(5 * 60_000 - 1);
    assert_eq!(finish(&answer).await, "204");
    let late = authenticator.answer(&start(&world).await, handle);
    world.pass(5 * 60_000);
    assert_eq!(finish(&late).await, "ceremony-expired");
}

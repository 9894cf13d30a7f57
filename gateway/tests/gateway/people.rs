//! Desks and kiosks: however someone comes, they have one ballot.

use crate::world::{Town, send};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn telephone_and_kiosk_are_one_person_in_any_order() {
    let town = Town::open(|_| ()).await;
    // Telephone first: no code is issued any more, and a code from before opens nothing new.
    let session = town.world.session(town.api(), "a").await;
    let kiosk = town.at_kiosk(&session).await;
    let voter = town.world.voter(town.api(), "a").await;
    let receipt = voter.vote(town.api(), &[0]).await;
    let refused = town.kiosk_code(&session).await;
    assert_eq!(
        (refused.problem().as_str(), refused.attached("receipt")),
        ("already-voted", receipt)
    );
    assert_eq!(town.credential(&kiosk, 51).await.problem(), "already-voted");

    // Kiosk first.
    let session = town.world.session(town.api(), "b").await;
    let kiosk = town.at_kiosk(&session).await;
    let voter = town.world.voter_of(town.api(), &kiosk).await;
    voter.vote(town.api(), &[0]).await;
    assert_eq!(
        town.credential(&session, 52).await.problem(),
        "already-voted"
    );

    // Both at once, each with a credential of its own: one ballot.
    let session = town.world.session(town.api(), "c").await;
    let kiosk = town.at_kiosk(&session).await;
    let (phone, kiosk) = tokio::join!(
        town.world.voter_of(town.api(), &session),
        town.world.voter_of(town.api(), &kiosk)
    );
    assert_eq!(
        phone.credential.voter.pseudonym,
        kiosk.credential.voter.pseudonym
    );
    let casts = [phone.cast(&phone.seal(&[0])), kiosk.cast(&kiosk.seal(&[1]))];
    let (one, other) = tokio::join!(
        town.api().post("/api/v1/ballots", &casts[0]),
        town.api().post("/api/v1/ballots", &casts[1])
    );
    let accepted = [one.status, other.status]
        .iter()
        .filter(|s| **s == 200)
        .count();
    assert_eq!(accepted, 1, "{} {}", one.status, other.status);
    let status = town.api().get("/api/v1/status").await.json();
    assert_eq!(status["classes"][1]["cast"], 3);
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_leads_to_no_further_code() {
    let town = Town::open(|_| ()).await;
    let verified = town.world.session(town.api(), "a").await;
    let kiosk = town.at_kiosk(&verified).await;
    let refused = town.kiosk_code(&kiosk).await;
    assert_eq!(refused.problem(), "session-from-code");
    // It is good for everything else, and the person who comes back to the desk gets another code.
    let again = town.at_kiosk(&verified).await;
    let voter = town.world.voter_of(town.api(), &again).await;
    voter.vote(town.api(), &[0]).await;
    let refused = town.kiosk_code(&again).await;
    assert_eq!(refused.problem(), "session-from-code");
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_forgets_who_was_there() {
    let town = Town::open(|_| ()).await;
    let session = town.world.session(town.api(), "a").await;
    let kiosk = town.at_kiosk(&session).await;
    let end = async |session: &str| {
        let url = format!("{}/api/v1/session/end", town.api().url);
        send(town.api().http.post(url).bearer_auth(session))
            .await
            .unwrap()
    };
    end(&kiosk).await.ok();
    assert_eq!(town.credential(&kiosk, 61).await.problem(), "session-ended");
    assert_eq!(end(&kiosk).await.problem(), "session-ended");
    assert_eq!(end(&session).await.problem(), "malformed-request");
    town.credential(&session, 62).await.ok();

    // A session that a shared device asked for is short.
    let url = format!("{}/api/v1/identity/demo", town.api().url);
    let request = town
        .api()
        .http
        .post(url)
        .header("hanpyo-shared-device", "1");
    let shared = send(request.json(&json!({ "ci": "b" })))
        .await
        .unwrap()
        .json();
    assert_eq!(shared["shared"], true);
    let code = town.kiosk_code(&session).await.json()["code"].clone();
    town.world.at(town.world.clock_now() + 30 * 60_000);
    let late = town
        .json("/api/v1/identity/kiosk", &json!({ "code": code }))
        .await;
    assert_eq!(late.problem(), "identity-refused");
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_come_from_desks_alone() {
    let town = Town::open(|_| ()).await;
    let session = town.world.session(town.api(), "a").await;
    let asked = json!({ "session": session });
    let path = "/api/v1/desk/kiosk-codes";
    assert_eq!(town.json(path, &asked).await.problem(), "desk-unknown");
    let url = format!("{}{path}", town.api().url);
    let request = town.api().http.post(url).bearer_auth(&session).json(&asked);
    assert_eq!(send(request).await.unwrap().problem(), "desk-unknown");
    assert_eq!(town.kiosk_code("AAAA").await.problem(), "session-invalid");
    let odd = town.as_desk("kiosk-codes", &json!({ "session": 1 })).await;
    assert_eq!(odd.problem(), "malformed-request");
    let election = town.api().get("/api/v1/election").await.json();
    assert_eq!(
        election["identity_providers"],
        json!(["demo", "agency", "kiosk"])
    );

    // The same by the command.
    let file = |name: &str, text: &str| {
        let file = town.world.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let mut command = crate::world::gateway_command();
    command.args(["kiosk-code", "--url", &town.api().url, "--desk-token"]);
    command
        .arg(file("desk.token", &town.desk))
        .arg("--session")
        .arg(file("session", &session));
    let printed = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let code = String::from_utf8(printed.stdout).unwrap();
    let answer = town
        .json("/api/v1/identity/kiosk", &json!({ "code": code.trim() }))
        .await;
    assert_eq!(answer.json()["class"], "citizen");
    town.running.stop().await;
}

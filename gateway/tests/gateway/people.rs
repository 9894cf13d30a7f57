//! Providers, desks, kiosks, rolls: however someone comes, they have one ballot.

use crate::world::{Agency, Answer, Api, Running, World, send};
use gateway::config::Config;
use gateway::identity::desk;
use gateway::registry::Registry;
use gateway::rolls::Verdict;
use serde_json::{Value, json};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::keys::SecretKey;
use voting_core::manifest::{AgeLimit, Document, testing};

/// A world whose election is open, with a desk, an agency and both their secrets.
struct Town {
    world: World,
    running: Running,
    agency: Agency,
    desk: String,
}

impl Town {
    async fn open(change: impl FnOnce(&mut Document)) -> Self {
        let world = World::create(change).await;
        let agency = Agency::start().await;
        let (token, line) = desk::draw("중구").unwrap();
        let secret = world.folder.path().join("agency.token");
        let toml = format!("{}[desk]\ndesks = [\"{line}\"]\n", agency.toml(&secret));
        let config = Config::parse(&toml, std::collections::HashMap::new()).unwrap();
        let running = world.start_with(|ours| *ours = config).await;
        world.run_ceremony(&running.api).await;
        world.act(&running.api, gateway::staff::Intent::Open).await;
        let desk = token.to_string();
        Self {
            world,
            running,
            agency,
            desk,
        }
    }

    fn api(&self) -> &Api {
        &self.running.api
    }

    async fn json(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.api().url);
        send(self.api().http.post(url).json(body)).await.unwrap()
    }

    async fn as_desk(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}/api/v1/desk/{path}", self.api().url);
        let request = self.api().http.post(url).bearer_auth(&self.desk);
        send(request.json(body)).await.unwrap()
    }

    async fn begin(&self) -> Value {
        let answer = self.json("/api/v1/identity/agency/begin", &json!({})).await;
        assert_eq!(answer.status, 200);
        answer.json()
    }

    async fn finish(&self, begun: &Value, callback: &Value) -> Answer {
        let evidence = json!({ "transaction": begun["transaction"], "callback": callback });
        self.json("/api/v1/identity/agency", &evidence).await
    }

    async fn kiosk_code(&self, session: &str) -> Answer {
        self.as_desk("kiosk-codes", &json!({ "session": session }))
            .await
    }

    /// The session of a fresh code at a kiosk.
    async fn at_kiosk(&self, session: &str) -> String {
        let code = self.kiosk_code(session).await.json()["code"].clone();
        let answer = self
            .json("/api/v1/identity/kiosk", &json!({ "code": code }))
            .await;
        let answer = answer.json();
        assert_eq!(answer["shared"], true);
        answer["session"].as_str().unwrap().to_owned()
    }

    async fn credential(&self, session: &str, seed: u8) -> Answer {
        let key = SecretKey::from_seed(&[seed; 32]).verify_key().to_bytes();
        self.api()
            .post_as(session, "/api/v1/credentials", &key)
            .await
    }
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_without_ci_is_matched_and_a_later_place_changes_nothing() {
    let town = Town::open(|_| ()).await;
    let world = &town.world;
    let file = world.folder.path().join("late.csv");
    let person = json!({
        "ci": "x", "name": "홍 길동", "birth_date": "19900102", "mobile": "+82 10-1234-5678",
    });
    let class = async |person: &Value| {
        let answer = town.json("/api/v1/identity/demo", person).await.json();
        (
            answer["class"].clone(),
            answer["session"].as_str().unwrap().to_owned(),
        )
    };
    let early = json!({ "ci": "early", "name": "성춘향", "birth_date": "1991-01-01", "mobile": "01099998888" });
    let (before, session) = class(&early).await;
    assert_eq!(before, "citizen");
    let credential = town.credential(&session, 81).await.ok();
    assert_eq!(class(&person).await.0, "citizen");

    let roll = "class,name,birth_date,mobile\n\
                committee,홍길동,1990-01-02,010-1234-5678\n\
                committee,성춘향,1991-01-01,010-9999-8888\n";
    std::fs::write(&file, roll).unwrap();
    let registry = Registry::open(&world.data()).await.unwrap();
    let imported = world.import_roll(&registry, &file).await;
    assert_eq!(imported.count(Verdict::Accepted), 2);
    registry.close().await;
    assert_eq!(class(&person).await.0, "committee");
    let mut stranger = person.clone();
    stranger["mobile"] = json!("01012345679");
    stranger["ci"] = json!("y");
    assert_eq!(class(&stranger).await.0, "citizen");

    // Whoever had a credential before keeps its class, on this device and on another.
    let (after, session) = class(&early).await;
    assert_eq!(after, "citizen");
    let next = Credential::from_bytes(&town.credential(&session, 82).await.ok()).unwrap();
    let first = Credential::from_bytes(&credential).unwrap();
    assert_eq!(next.voter.pseudonym, first.voter.pseudonym);
    assert_eq!(next.voter.class, first.voter.class);
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requirements_are_told_and_confirmed_at_a_desk() {
    let town = Town::open(|document| {
        document.eligibility.age = Some(AgeLimit {
            years: 14,
            on: testing::name("2027-08-02"),
        });
    })
    .await;
    let person =
        |ci: &str, born: &str, ties: Value| json!({ "ci": ci, "birth_date": born, "ties": ties });
    let identify = async |person: &Value| town.json("/api/v1/identity/demo", person).await;
    let young = identify(&person("young", "2013-08-03", json!(["study"]))).await;
    assert_eq!(young.problem(), "not-eligible");
    let problem = young.json();
    assert_eq!(
        (&problem["requirement"], &problem["confirmable"]),
        (&json!("age"), &json!(false))
    );
    assert_eq!(problem["case"], Value::Null);
    assert!(problem["text_ko"].as_str().unwrap().contains("만 14세"));
    assert!(!String::from_utf8_lossy(&young.bytes).contains("2013"));

    let tieless = person("tieless", "1990-01-01", json!([]));
    let refused = identify(&tieless).await;
    assert_eq!(refused.problem(), "not-eligible");
    let case = refused.json()["case"].clone();
    assert_eq!(refused.json()["requirement"], "tie");
    let confirm = async |case: &Value, requirement: &str| {
        town.as_desk(
            "confirmations",
            &json!({ "case": case, "requirement": requirement }),
        )
        .await
    };
    assert_eq!(
        confirm(&json!("AAAA"), "tie").await.problem(),
        "case-invalid"
    );
    assert_eq!(confirm(&case, "class").await.problem(), "malformed-request");
    assert_eq!(identify(&tieless).await.problem(), "not-eligible");
    confirm(&case, "tie").await.ok();
    identify(&tieless).await.ok();
    let other = person("other", "1990-01-01", json!([]));
    assert_eq!(identify(&other).await.problem(), "not-eligible");
    town.world.at(town.world.clock_now() + 24 * 3_600_000);
    assert_eq!(confirm(&case, "tie").await.problem(), "case-invalid");
    town.running.stop().await;
}

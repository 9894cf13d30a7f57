//! The interface's contract: every wrong request gets its own problem.

use crate::world::{Answer, Api, Voter, World};
use gateway::staff::{Intent, Signers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use voting_core::ballot::{SealSeeds, seal};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::ids::{ElectionId, Sequence, Serial};
use voting_core::keys::SecretKey;
use voting_core::manifest::Admission;
use voting_core::manifest::Bilingual;
use voting_core::receipt::Refusal;
use voting_core::staff::{Document, Proposal, StaffAction};
use voting_core::submission::Submission;

const BALLOTS: &str = "/api/v1/ballots";
const ACTIONS: &str = "/api/v1/staff/actions";

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bytes_of_a_ballot() {
    let (world, running) = World::open(|_| ()).await;
    let voter = world.voter(&running.api, "a").await;
    let good = voter.cast(&voter.seal(&[0]));
    let post = |bytes: Vec<u8>| {
        let api = running.api.clone();
        async move { api.post(BALLOTS, &bytes).await.problem() }
    };
    assert_eq!(post(good[..good.len() - 1].to_vec()).await, "truncated");
    assert_eq!(post(Vec::new()).await, "truncated");
    assert_eq!(
        post([good.as_slice(), &[0]].concat()).await,
        "trailing-bytes"
    );
    assert_eq!(post(vec![0; 70_000]).await, "oversized");
    // A credential's key that is no canonical point.
    let mut bytes = good.clone();
    bytes[34..66].fill(0xff);
    assert_eq!(post(bytes).await, "non-canonical");
    // A flag that is neither 0 nor 1.
    let mut bytes = good.clone();
    bytes[134] = 2;
    assert_eq!(post(bytes).await, "unknown-version");

    // The ballot inside, signed as it is.
    let sealed = voter.seal(&[0]);
    let inside = |ballot: Vec<u8>| voter.sign(ballot, Sequence::new(0), None);
    let mut ballot = sealed.bytes().to_vec();
    ballot[0] = 9;
    assert_eq!(post(inside(ballot)).await, "unknown-version");
    let mut ballot = sealed.bytes().to_vec();
    let last = ballot.len() - 1;
    ballot[last] = 0xff;
    assert_eq!(post(inside(ballot)).await, "non-canonical");
    assert_eq!(
        post(inside(sealed.bytes()[..100].to_vec())).await,
        "truncated"
    );
    let longer = [sealed.bytes(), &[0]].concat();
    assert_eq!(post(inside(longer)).await, "trailing-bytes");
    running.api.post(BALLOTS, &good).await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_signatures_and_proofs_of_a_ballot() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let (a, b) = (world.voter(api, "a").await, world.voter(api, "b").await);
    let cases: [(&str, Vec<u8>); 4] = [
        ("credential-invalid", forged_credential(&a)),
        ("signature-invalid", signed_by_another(&a, &b)),
        ("proof-invalid", copied_ballot(&a, &b)),
        ("signature-invalid", of_another_election(&a)),
    ];
    for (expected, bytes) in cases {
        let answer = api.post(BALLOTS, &bytes).await;
        assert_eq!(answer.problem(), expected);
        check_refusal(&world, &answer, expected);
    }
    // Bad proofs in the same batch cost their sender, not their neighbours.
    let bad = copied_ballot(&a, &b);
    let good = b.cast(&b.seal(&[1]));
    let (bad, good) = tokio::join!(api.post(BALLOTS, &bad), api.post(BALLOTS, &good));
    assert_eq!(bad.problem(), "proof-invalid");
    good.ok();
    running.stop().await;
}

fn check_refusal(world: &World, answer: &Answer, reason: &str) {
    let refusal = Refusal::from_bytes(&answer.attached("refusal")).unwrap();
    assert_eq!(refusal.verify(&world.keys.ballot_box.verify_key()), Ok(()));
    assert_eq!(refusal.reason, reason);
    assert_eq!(refusal.election, world.manifest.election_id());
}

fn forged_credential(voter: &Voter) -> Vec<u8> {
    let registrar = SecretKey::from_seed(&[99; 32]);
    let (who, serial) = (voter.credential.voter, Serial::new(0));
    let credential = Credential::issue(&registrar, &voter.election, who, serial);
    let ballot = voter.seal(&[0]).bytes().to_vec();
    let order = (Sequence::new(0), None);
    CastBallot::sign(&voter.key, &voter.election, credential, order, ballot).to_bytes()
}

fn signed_by_another(voter: &Voter, other: &Voter) -> Vec<u8> {
    let ballot = voter.seal(&[0]).bytes().to_vec();
    let order = (Sequence::new(0), None);
    let credential = voter.credential.clone();
    CastBallot::sign(&other.key, &voter.election, credential, order, ballot).to_bytes()
}

/// A ballot sealed for someone else: nobody can copy one.
fn copied_ballot(voter: &Voter, other: &Voter) -> Vec<u8> {
    let choices = voting_core::ballot::Choices::new(&voter.parameters.shape, &[2]).unwrap();
    let seeds = SealSeeds::generate(&mut rand_core::UnwrapErr(rand::rngs::SysRng));
    let sealed = seal(&other.parameters, &other.credential.voter, &choices, &seeds);
    voter.cast(&sealed)
}

fn of_another_election(voter: &Voter) -> Vec<u8> {
    let election = ElectionId::new([8; 32]);
    let ballot = voter.seal(&[0]).bytes().to_vec();
    let order = (Sequence::new(0), None);
    CastBallot::sign(
        &voter.key,
        &election,
        voter.credential.clone(),
        order,
        ballot,
    )
    .to_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_headers_paths_and_methods() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let cast = voter.cast(&voter.seal(&[0]));
    let with = |name: &'static str, value: String| {
        let request = api.request(BALLOTS, &cast).header(name, value);
        async move { crate::world::send(request).await.unwrap() }
    };
    let other = ElectionId::new([8; 32]).to_string();
    assert_eq!(
        with("hanpyo-election", other).await.problem(),
        "wrong-election"
    );
    let answer = with("hanpyo-election", "x".into()).await;
    assert_eq!(answer.problem(), "malformed-request");
    with("hanpyo-election", voter.election.to_string())
        .await
        .ok();

    let text = api
        .http
        .post(format!("{}{BALLOTS}", api.url))
        .body(cast.clone());
    let text = crate::world::send(text.header("content-type", "text/plain"))
        .await
        .unwrap();
    assert_eq!(text.problem(), "wrong-content-type");
    let none = api
        .http
        .post(format!("{}{BALLOTS}", api.url))
        .body(cast.clone());
    assert_eq!(
        crate::world::send(none).await.unwrap().problem(),
        "wrong-content-type"
    );
    for path in [
        "/api",
        "/api/v1",
        "/api/v2/election",
        "/api/v1/elections",
        "/log",
        "/log/",
    ] {
        assert_eq!(api.get(path).await.problem(), "not-found", "{path}");
    }
    assert_eq!(api.get(BALLOTS).await.problem(), "method-not-allowed");
    assert_eq!(
        api.post("/api/v1/election", b"").await.problem(),
        "method-not-allowed"
    );
    assert_eq!(
        api.post("/log/checkpoint", b"").await.problem(),
        "method-not-allowed"
    );
    assert_eq!(
        api.post("/api/v1/identity/other", b"").await.problem(),
        "not-found"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_say_how_long_it_is_is_bounded_too() {
    let (_world, running) = World::open(|_| ()).await;
    let address = running.api.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {BALLOTS} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"1000\r\n".as_slice(), &[7; 0x1000], b"\r\n"].concat();
    let (mut reader, mut writer) = stream.into_split();
    // The server may stop reading at any chunk.
    let sender = tokio::spawn(async move {
        for _ in 0..1000 {
            if writer.write_all(&chunk).await.is_err() {
                break;
            }
        }
    });
    let mut answer = vec![0; 12];
    reader.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 413");
    sender.abort();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn identity_sessions_and_credentials() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    assert_eq!(api.identify("").await.problem(), "identity-refused");
    assert_eq!(
        api.identify(&"x".repeat(201)).await.problem(),
        "identity-refused"
    );
    assert_eq!(api.identify("member-1").await.json()["class"], "committee");
    assert_eq!(api.identify("someone").await.json()["class"], "citizen");
    let key = SecretKey::from_seed(&[9; 32]).verify_key().to_bytes();
    let path = "/api/v1/credentials";
    assert_eq!(api.post(path, &key).await.problem(), "session-missing");
    assert_eq!(
        api.post_as("AAAA", path, &key).await.problem(),
        "session-invalid"
    );
    let session = world.session(api, "a").await;
    let mut forged = session.clone().into_bytes();
    forged[30] ^= 1;
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(
        api.post_as(&forged, path, &key).await.problem(),
        "session-invalid"
    );
    assert_eq!(
        api.post_as(&session, path, &key[..31]).await.problem(),
        "truncated"
    );
    assert_eq!(
        api.post_as(&session, path, &[0xff; 32]).await.problem(),
        "non-canonical"
    );
    assert_eq!(
        api.post_as(&session, path, &[0; 33]).await.problem(),
        "oversized"
    );
    world.at(world.clock_now() + 600_000);
    assert_eq!(
        api.post_as(&session, path, &key).await.problem(),
        "session-expired"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_for_members_only() {
    let members_only = |document: &mut voting_core::manifest::Document| {
        document.classes[1].admission = Admission::Roll;
    };
    let world = World::create(members_only).await;
    let running = world.start().await;
    assert_eq!(
        running.api.identify("someone").await.problem(),
        "not-eligible"
    );
    running.api.identify("member-2").await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_opening_entry() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let election = api.get("/api/v1/election").await.json();
    assert_eq!(election["stage"], "ceremony");
    assert_eq!(election["election_key"], serde_json::Value::Null);
    let session = world.session(api, "a").await;
    let key = SecretKey::from_seed(&[9; 32]).verify_key().to_bytes();
    let answer = api.post_as(&session, "/api/v1/credentials", &key).await;
    assert_eq!(answer.problem(), "voting-not-open");
    assert_eq!(act(&world, api, StaffAction::Close).await, "stage-forbids");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_staff_actions() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let pause = || StaffAction::Pause(Bilingual::new("점검", "inspection"));
    let two = &world.keys.staff[..2];
    let next = api.client().next_action().await.unwrap();
    let submit = |number, action, keys: &[SecretKey], document: Option<Vec<u8>>| {
        let proposal = Proposal {
            number,
            checkpoint: Vec::new(),
            action,
        };
        let entry = Signers::some(&world.manifest, keys)
            .unwrap()
            .sign_all(proposal);
        let bytes = Submission { entry, document }.to_bytes();
        async move { api.post(ACTIONS, &bytes).await.problem() }
    };
    assert_eq!(
        submit(next, pause(), &two[..1], None).await,
        "staff-signatures"
    );
    assert_eq!(
        submit(next + 1, pause(), two, None).await,
        "staff-signatures"
    );
    assert_eq!(
        submit(next - 1, pause(), two, None).await,
        "staff-signatures"
    );
    let unwanted = Some(b"document".to_vec());
    assert_eq!(
        submit(next, pause(), two, unwanted.clone()).await,
        "document-mismatch"
    );
    let named = StaffAction::SoftwareChanged(Document::of(b"list").unwrap());
    assert_eq!(
        submit(next, named.clone(), two, None).await,
        "document-mismatch"
    );
    assert_eq!(
        submit(next, named.clone(), two, unwanted).await,
        "document-mismatch"
    );
    let resume = StaffAction::Resume(Bilingual::new("재개", "resumed"));
    assert_eq!(submit(next, resume, two, None).await, "stage-forbids");
    assert_eq!(
        submit(
            next,
            StaffAction::Pause(Bilingual::new(" ", " ")),
            two,
            None
        )
        .await,
        "stage-forbids"
    );
    let unknown = StaffAction::Withdraw(77, Bilingual::new("없음", "none"));
    assert_eq!(submit(next, unknown, two, None).await, "stage-forbids");
    assert_eq!(api.post(ACTIONS, b"").await.problem(), "truncated");

    // The close must hold the checkpoint just before it.
    world.at(world.closes_at() + 10_000);
    assert_eq!(
        submit(next, StaffAction::Close, two, None).await,
        "checkpoint-mismatch"
    );
    world
        .act(api, Intent::SoftwareChanged(b"list".to_vec()))
        .await;
    world.act(api, Intent::Close).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_trustees_messages() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let api = &running.api;
    let path = "/api/v1/trustees/messages";
    for garbage in [&b""[..], &[1], &[1, 1, 0], &[1, 9], &[0; 500]] {
        assert_eq!(
            api.post(path, garbage).await.problem(),
            "trustee-message-refused"
        );
    }
    assert_eq!(api.post(path, &[0; 65_401]).await.problem(), "oversized");
    world.run_ceremony(api).await;
    world.act(api, Intent::Open).await;
    let messages = api.get(path).await.json();
    let first = messages["messages"][0]["message"].as_str().unwrap();
    let again = data_encoding::BASE64.decode(first.as_bytes()).unwrap();
    assert_eq!(api.post(path, &again).await.problem(), "stage-forbids");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_code_requests() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let voter = world.voter(api, "a").await;
    let code = voter.seal(&[0]).tracking_code();
    let good = voter.request(code, CodeIntent::Pending);
    assert_eq!(
        api.post("/api/v1/pending", &good[..good.len() - 1])
            .await
            .problem(),
        "truncated"
    );
    assert_eq!(
        api.post("/api/v1/pending", &[0; 401]).await.problem(),
        "oversized"
    );
    let spoil = voter.request(code, CodeIntent::Spoil);
    assert_eq!(
        api.post("/api/v1/pending", &spoil).await.problem(),
        "signature-invalid"
    );
    let mut revoked = CodeRequest::from_bytes(&good).unwrap();
    let newer = world.voter(api, "a").await;
    assert_eq!(
        api.post("/api/v1/pending", &good).await.problem(),
        "credential-not-current"
    );
    revoked.credential.serial = Serial::new(7);
    let answer = api.post("/api/v1/pending", &revoked.to_bytes()).await;
    assert_eq!(answer.problem(), "credential-invalid");
    newer.register(api, code).await.ok();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everyone_may_read() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let manifest = api.get("/api/v1/manifest").await;
    assert_eq!(manifest.headers["content-type"], "application/json");
    assert_eq!(manifest.ok(), world.manifest.canonical());
    let election = api.get("/api/v1/election").await.json();
    assert_eq!(
        election["election"],
        world.manifest.election_id().to_string()
    );
    assert_eq!(election["stage"], "open");
    assert_eq!(election["accepting"], true);
    assert_eq!(election["server_time"], world.clock_now());
    assert_eq!(election["identity_providers"], serde_json::json!(["demo"]));
    world
        .act(
            api,
            Intent::Withdraw(4, Bilingual::new("사업 철회", "withdrawn")),
        )
        .await;
    let withdrawn = api.get("/api/v1/election").await.json()["withdrawn"].clone();
    assert_eq!(
        withdrawn,
        serde_json::json!([
            { "project": 4, "reason": { "ko": "사업 철회", "en": "withdrawn" } }
        ])
    );
    for text in [
        Bilingual::new("점검", "maintenance"),
        Bilingual::new("마침", "over"),
    ] {
        world.act(api, Intent::Notice(text)).await;
    }
    let told = api.get("/api/v1/election").await.json()["announcements"].clone();
    let told = told
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["text"]["en"]);
    assert_eq!(told.collect::<Vec<_>>(), ["over", "maintenance"]);
    running.stop().await;
}

async fn act(world: &World, api: &Api, action: StaffAction) -> String {
    let (note, _) = api.client().checkpoint(&world.manifest).await.unwrap();
    let number = api.client().next_action().await.unwrap();
    let proposal = Proposal {
        number,
        checkpoint: note.to_string().into_bytes(),
        action,
    };
    let signers = Signers::new(&world.manifest, &world.keys.staff).unwrap();
    let entry = signers.sign_all(proposal);
    let bytes = Submission {
        entry,
        document: None,
    }
    .to_bytes();
    api.post(ACTIONS, &bytes).await.problem()
}

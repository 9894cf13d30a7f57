//! Nothing personal or secret reaches the log files, at any level of detail.

use crate::crash::around_now;
use crate::roll_claims::{claim, import};
use crate::world::{Agency, Api, Process, WEBHOOK_SECRET, World, send};
use gateway::staff::Intent;
use serde_json::{Value, json};
use std::process::Stdio;
use voting_core::codec::Decode;
use voting_core::receipt::Receipt;

const NUMBER: &str = "010-5555-6666";
const ADDRESS: &str = "nobody-logs-me@seoul.example";

#[tokio::test(flavor = "multi_thread")]
async fn logs_hold_no_person_and_no_secret() {
    let world = World::create(|document| {
        around_now(document);
        document.eligibility.claims.clear();
    })
    .await;
    let file = world.folder.path().join("stderr.log");
    let agency = Agency::start().await;
    let (desk, line) = gateway::identity::desk::draw("desk").unwrap();
    let secret = world.folder.path().join("agency.token");
    let config = world.folder.path().join("gateway.toml");
    let mut toml = format!("{}[desk]\ndesks = [\"{line}\"]\n", agency.toml(&secret));
    // Nobody listens there: the notice is tried in vain.
    toml += "[notices]\nwebhook_url = \"http://127.0.0.1:9/\"\n\
             page_url = \"https://vote.example.org\"\npoll_ms = 50\n";
    std::fs::write(&config, toml).unwrap();
    let mut command = world.serve_command();
    command.arg("--config").arg(config);
    command.env("RUST_LOG", "trace");
    command.env("HANPYO_GATEWAY__NOTICES__WEBHOOK_SECRET", WEBHOOK_SECRET);
    command.stderr(Stdio::from(std::fs::File::create(&file).unwrap()));
    let process = Process::start(&mut command);
    let api = &process.api;
    world.run_ceremony(api).await;
    ask_for_notices(api).await;
    import_rolls(&world, api).await;
    world.act(api, Intent::Open).await;
    let ci = "member-1";
    let session = world.session(api, ci).await;
    let voter = world.voter(api, ci).await;
    let receipt = Receipt::from_bytes(&voter.vote(api, &[0]).await).unwrap();
    api.get(&format!("/api/v1/receipts/{}", receipt.code))
        .await
        .ok();
    api.get(&format!("/api/v1/receipts/{}", receipt.code.prefix()))
        .await
        .ok();
    api.post("/api/v1/ballots", &voter.cast(&voter.seal(&[1])))
        .await
        .problem();
    let mut forbidden = every_provider(api, &agency, &desk).await;
    assert!(process.terminate());

    let log = std::fs::read_to_string(file).unwrap();
    assert!(log.contains("staff action"), "the log was not written");
    forbidden.extend([
        ci.to_owned(),
        session,
        receipt.pseudonym.to_string(),
        receipt.code.to_string(),
        receipt.code.prefix().to_string(),
        voter.key.verify_key().to_string(),
        desk.to_string(),
        "the-contract".into(),
        WEBHOOK_SECRET.into(),
        NUMBER.into(),
        "01055556666".into(),
        ADDRESS.into(),
        "roll-ci-1".into(),
        "성춘향".into(),
        "1985-06-07".into(),
        "01077778888".into(),
    ]);
    for secret in forbidden {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}

/// Well and badly; the first is tried as soon as voting is open.
async fn ask_for_notices(api: &Api) {
    let url = format!("{}/api/v1/notices", api.url);
    for (channel, contact, events) in [
        ("sms", NUMBER, ["opened"]),
        ("mail", ADDRESS, ["published"]),
        ("mail", NUMBER, ["published"]),
        ("sms", ADDRESS, ["never"]),
    ] {
        let body = json!({
            "channel": channel, "contact": contact, "language": "ko", "events": events,
        });
        send(api.http.post(&url).json(&body)).await.unwrap();
    }
}

/// A good one, and one whose rows and heading are refused.
async fn import_rolls(world: &World, api: &Api) {
    let row = "committee,roll-ci-1,성춘향,1985-06-07,01077778888\ncommittee,,성춘향,,\n";
    let roll = format!("class,ci,name,birth_date,mobile\n{row}");
    import(world, api, claim(world, roll.as_bytes()), roll.as_bytes())
        .await
        .ok();
    import(world, api, claim(world, row.as_bytes()), row.as_bytes())
        .await
        .problem();
}

/// Goes through every provider, well and badly; what must stand in no log.
async fn every_provider(api: &Api, agency: &Agency, desk: &str) -> Vec<String> {
    let post = async |path: &str, body: &Value| {
        let request = api.http.post(format!("{}/api/v1/{path}", api.url));
        send(request.bearer_auth(desk).json(body)).await.unwrap()
    };
    let person = json!({
        "ci": "demo-ci-9", "name": "임꺽정", "birth_date": "1971-03-04", "mobile": "01044445555",
    });
    post("identity/demo", &person).await.ok();
    post(
        "identity/demo",
        &json!({ "ci": "demo-ci-9", "bad": "임꺽정" }),
    )
    .await
    .problem();
    let begun = post("identity/agency/begin", &json!({})).await.json();
    let callback = agency.answer(&begun, |_| ());
    let evidence = json!({ "transaction": begun["transaction"], "callback": callback });
    let session = post("identity/agency", &evidence).await.json()["session"].clone();
    post("identity/agency", &evidence).await.problem();
    let pass = post("desk/passes", &json!({ "clerk": "성춘향" }))
        .await
        .json()["pass"]
        .clone();
    let request = api
        .http
        .post(format!("{}/api/v1/desk/kiosk-codes", api.url));
    let request = request.bearer_auth(pass.as_str().unwrap());
    let issued = send(request.json(&json!({ "session": session }))).await;
    let code = issued.unwrap().json()["code"].clone();
    post("identity/kiosk", &json!({ "code": code })).await.ok();
    post("identity/kiosk", &json!({ "code": code }))
        .await
        .problem();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut forbidden: Vec<String> = [
        "demo-ci-9",
        "임꺽정",
        "1971-03-04",
        "01044445555",
        "agency-ci-1",
        "agency-di-1",
        "홍길동",
        "%ED%99%8D",
        "19900102",
        "1990-01-02",
        "01012345678",
        "token-value-",
        "성춘향",
    ]
    .map(str::to_owned)
    .into();
    forbidden.extend(
        [
            &begun["transaction"],
            &callback["enc_data"],
            &session,
            &pass,
            &code,
        ]
        .map(text),
    );
    forbidden.push(text(&code).replace(' ', ""));
    forbidden
}

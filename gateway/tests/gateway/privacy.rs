//! Nothing personal or secret reaches the log files, at any level of detail.

use crate::crash::around_now;
use crate::world::{Process, World};
use gateway::staff::Intent;
use std::process::Stdio;
use voting_core::codec::Decode;
use voting_core::receipt::Receipt;

#[tokio::test(flavor = "multi_thread")]
async fn logs_hold_no_person_and_no_secret() {
    let world = World::create(around_now).await;
    let file = world.folder.path().join("stderr.log");
    let mut command = world.serve_command();
    command.env("RUST_LOG", "trace");
    command.stderr(Stdio::from(std::fs::File::create(&file).unwrap()));
    let process = Process::start(&mut command);
    let api = &process.api;
    world.run_ceremony(api).await;
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
    assert!(process.terminate());

    let log = std::fs::read_to_string(file).unwrap();
    assert!(log.contains("staff action"), "the log was not written");
    let forbidden = [
        ci.to_owned(),
        session,
        receipt.pseudonym.to_string(),
        receipt.code.to_string(),
        receipt.code.prefix().to_string(),
        voter.key.verify_key().to_string(),
    ];
    for secret in forbidden {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}

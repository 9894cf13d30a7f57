//! An offline group's totals from the counter's machine to the published result: `gateway offline`,
//! `gateway staff offline-totals`, and what an observer makes of them.

use crate::commands::{fails, ok, staff};
use crate::world::{Api, Running, World, gateway_command};
use gateway::staff::Intent;
use observer::outcome::{Supplement, result};
use observer::{Expectations, Silent, Verdict, VerifiedLog, read_verified, source, verify};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use std::path::{Path, PathBuf};
use std::process::Command;
use voting_core::ceremony::KeyShare;
use voting_core::codec::Encode;
use voting_core::decryption::prove;
use voting_core::manifest::testing::{name, with_survey};
use voting_core::trustee::{Signed, TrusteeMessage};

/// Marks of the survey by project id, in no particular order.
const MARKS: &str = "p3,0\np1,900\np5,1\np2,17\np4, 250\n";

/// The counter's machine: a key, the counted marks.
struct Counter {
    folder: tempfile::TempDir,
    public: String,
}

impl Counter {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("survey.key");
        let public = ok(gateway_command().args(["offline", "keygen"]).arg(&key));
        assert!(fails(gateway_command().args(["offline", "keygen"]).arg(&key)).contains("survey"));
        std::fs::write(folder.path().join("marks.csv"), MARKS).unwrap();
        let public = public.trim().to_owned();
        Self { folder, public }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `gateway offline sign` of 900 ballots.
    fn sign(&self, world: &World, group: &str, key: &Path, marks: &Path, out: &str) -> Command {
        let mut command = gateway_command();
        command.args(["offline", "sign", "--ballots", "900", "--group", group]);
        command.arg("--manifest").arg(world.manifest_file());
        command.arg("--key").arg(key).arg("--marks").arg(marks);
        command.arg("--out").arg(self.path(out));
        command
    }
}

/// An election with this survey, closed, with three ballots of citizens and one of the committee.
async fn closed(counter: &Counter) -> (World, Running, Vec<KeyShare>) {
    let world = World::create(|document| {
        *document = with_survey(document.clone());
        document.offline_groups[0].key = name(&counter.public);
    })
    .await;
    let running = world.start().await;
    let api = &running.api;
    let shares = world.run_ceremony(api).await;
    world.act(api, Intent::Open).await;
    for (ci, chosen) in [("member-1", 0), ("a", 0), ("b", 4), ("c", 4)] {
        world.voter(api, ci).await.vote(api, &[chosen]).await;
    }
    (world, running, shares)
}

/// A trustee's decryption shares of every group, sent; the problem where one is refused.
async fn decrypt(world: &World, api: &Api, key: &KeyShare) -> Option<String> {
    let log = verified(api).await;
    let state = &log.state;
    let keys = state.public_keys().unwrap();
    for group in &state.grouping().unwrap().groups {
        let shares = state.shares().unwrap();
        let statement = shares.statement(state.election(), keys, group.id).unwrap();
        let share = prove(&mut UnwrapErr(SysRng), key, &statement).unwrap();
        let trustee = usize::from(share.trustee().get());
        let signing = &world.keys.trustees[trustee - 1];
        let signed = Signed::sign(share, &state.election(), signing).to_bytes();
        let answer = api.post("/api/v1/trustees/messages", &signed).await;
        if answer.status >= 300 {
            return Some(answer.problem());
        }
    }
    None
}

/// The log as an observer verifies it.
async fn verified(api: &Api) -> VerifiedLog {
    let url = api.url.clone();
    let read = move || {
        let log = source::open(&url).unwrap();
        read_verified(&*log, &Expectations::default(), &Silent).unwrap()
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

#[test]
fn only_possible_totals_of_the_own_group_are_signed() {
    let counter = Counter::new();
    let world = World::prepare(|document| {
        *document = with_survey(document.clone());
        document.offline_groups[0].key = name(&counter.public);
    });
    let (key, marks) = (counter.path("survey.key"), counter.path("marks.csv"));
    let refused = |group: &str, key: &Path, marks: &Path, expected: &str| {
        let error = fails(&mut counter.sign(&world, group, key, marks, "no"));
        assert!(error.contains(expected), "{error}");
        assert!(!counter.path("no").exists());
    };
    refused("paper", &key, &marks, "no offline group paper");
    refused("survey", &world.staff_key(0), &marks, "staff-0.key");
    let stranger = counter.path("stranger.key");
    ok(gateway_command().args(["offline", "keygen"]).arg(&stranger));
    refused(
        "survey",
        &stranger,
        &marks,
        "not the key that the manifest names",
    );
    for (text, expected) in [
        ("p1,1\n", "project p2 is missing"),
        ("p1,901\n", "marks.csv:1"),
        ("p1,1\np1,1\n", "p1 stands twice"),
        ("p1;1\n", "a comma"),
        ("p1,-1\n", "no whole number"),
        (&format!("{MARKS}p6,1\n"), "p6 is no project"),
    ] {
        std::fs::write(&marks, text).unwrap();
        refused("survey", &key, &marks, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_totals_are_in_the_log_the_audit_and_the_result() {
    let counter = Counter::new();
    let (world, running, shares) = closed(&counter).await;
    let api = &running.api;
    let (key, marks) = (counter.path("survey.key"), counter.path("marks.csv"));
    let said = ok(&mut counter.sign(&world, "survey", &key, &marks, "totals"));
    assert_eq!(said, "900 ballots of survey are signed\n");
    let enter = |file: &str| {
        let mut command = staff(&world, &api.url, &[0, 1]);
        command.arg("offline-totals").arg(counter.path(file));
        command
    };

    // Not while people vote, not with another signature, not before they are in.
    assert!(fails(&mut enter("totals")).contains("stage-forbids"));
    world.at(world.closes_at() + 10_000);
    world.act(api, Intent::Close).await;
    let refused = decrypt(&world, api, &shares[0]).await;
    assert_eq!(refused.as_deref(), Some("entry-refused"));
    let mut forged = std::fs::read(counter.path("totals")).unwrap();
    let ballots = 2 + 7;
    forged[ballots] ^= 1;
    std::fs::write(counter.path("forged"), forged).unwrap();
    assert!(fails(&mut enter("forged")).contains("offline-totals"));
    std::fs::write(counter.path("short"), b"totals").unwrap();
    assert!(fails(&mut enter("short")).contains("not signed totals"));

    let entered = ok(&mut enter("totals"));
    assert!(entered.starts_with("offline-totals is entry "), "{entered}");
    assert!(fails(&mut enter("totals")).contains("offline-totals"));
    assert_eq!(decrypt(&world, api, &shares[0]).await, None);
    // Nobody replaces them who may have seen what the ballots add up to.
    let again = "again";
    ok(&mut counter.sign(&world, "survey", &key, &marks, again));
    assert!(fails(&mut enter(again)).contains("offline-totals"));
    assert_eq!(decrypt(&world, api, &shares[1]).await, None);

    let log = verified(api).await;
    let of_log = result(&log.state, &Supplement::default()).unwrap();
    let survey = of_log.turnout.iter().find(|t| t.class.as_str() == "survey");
    assert_eq!(
        survey.map(|t| (t.ballots, t.issued, t.offline)),
        Some((900, 0, true))
    );
    let marks: Vec<_> = of_log.contests[0]
        .projects
        .iter()
        .map(|project| project.marks[&name("survey")])
        .collect();
    assert_eq!(marks, [900, 17, 0, 250, 1]);

    let document = of_log.to_canonical().unwrap();
    world.act(api, Intent::Publish(document)).await;
    let url = api.url.clone();
    let report = tokio::task::spawn_blocking(move || {
        let log = source::open(&url).unwrap();
        verify(&*log, &url, &Expectations::default(), &Silent)
    });
    let report = report.await.unwrap();
    assert_eq!(report.verdict, Verdict::Verified, "{report}");
    running.stop().await;
}

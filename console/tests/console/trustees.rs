//! Who of the trustees has done what, as the log shows it.

use crate::election::{Election, Office, closed, manifest, rng};
use serde_json::json;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::TrusteeId;

/// A ceremony of which the log holds so many messages.
fn ceremony(messages: usize) -> Election {
    let mut whole = Election::create(manifest(|_| ()), rng());
    whole.ceremony();
    let mut election = Election::create(manifest(|_| ()), rng());
    for bytes in &whole.entries[1..=messages] {
        let Entry { body, .. } = Entry::from_bytes(bytes).unwrap();
        assert!(matches!(body, Body::Trustee(_)));
        election.append(body).unwrap();
    }
    election
}

#[tokio::test]
async fn the_ceremony_shows_who_is_missing_in_which_round() {
    for (messages, rounds, complete) in [
        (0, json!([[], [], []]), false),
        (2, json!([[1, 2], [], []]), false),
        (4, json!([[1, 2, 3], [1], []]), false),
        (8, json!([[1, 2, 3], [1, 2, 3], [1, 2]]), false),
        (9, json!([[1, 2, 3], [1, 2, 3], [1, 2, 3]]), true),
    ] {
        let office = Office::new(ceremony(messages)).await;
        let board = office.board().await;
        let known = &board["trustees"]["known"];
        assert_eq!(known["ceremony"]["rounds"], rounds, "{messages}");
        assert_eq!(known["ceremony"]["complete"], complete);
        assert_eq!(known["names"].as_array().unwrap().len(), 3);
        assert_eq!(known["decryption"], json!(null));
    }
}

#[tokio::test]
async fn the_decryption_shows_whose_shares_are_in_after_the_offline_totals() {
    let office = Office::new(closed()).await;
    let board = office.board().await;
    let decryption = &board["trustees"]["known"]["decryption"];
    assert_eq!(decryption["waits_for"][0]["en"], "Survey");
    office.change(|served| {
        let totals = served.election.offline_totals(900, &[900, 0, 17, 1]);
        served.election.staff(totals).unwrap();
        for body in served.election.shares_of(TrusteeId::new(3)) {
            served.election.append(body).unwrap();
        }
    });
    let board = office.board().await;
    let decryption = &board["trustees"]["known"]["decryption"];
    assert_eq!(decryption["waits_for"], json!([]));
    let groups = decryption["groups"].as_array().unwrap();
    let shares: Vec<_> = groups.iter().map(|group| group["shares"].clone()).collect();
    assert_eq!(shares, [json!([3]), json!([3])]);
    // With a share in the log nobody may still decide which projects it counts for.
    assert_eq!(office.actions().await, ["publish", "notice", "annul"]);
}

#[tokio::test]
async fn an_end_that_the_log_did_not_sign_is_not_believed() {
    let office = Office::new(ceremony(4)).await;
    office.change(|served| served.forged = served.election.entries.get(3).cloned());
    let board = office.board().await;
    assert!(board["trustees"]["refused"].is_string(), "{board}");
    office.change(|served| served.forged = None);
    assert!(office.board().await["trustees"]["known"].is_object());
}

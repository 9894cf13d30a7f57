//! From the close to the assembly's decision, and what does not fit on the way.

use crate::election::{Election, Office, closed, manifest, rng};
use observer::outcome::{Supplement, result};
use serde_json::{Value, json};
use voting_core::codec::Encode;
use voting_core::ids::{ClassIndex, DocumentHash};
use voting_core::keys::SecretKey;
use voting_core::offline::{OfflineTotals, SignedTotals};
use voting_core::staff::StaffAction;

/// Signed totals of the survey, by its own key or another's.
fn totals(office: &Office, marks: &[u64], key: Option<&SecretKey>) -> Vec<u8> {
    office.change(|served| {
        let totals = OfflineTotals {
            group: 0,
            ballots: 900,
            marks: marks.to_vec(),
        };
        let election = &served.election;
        let own = &election.keys.offline_group;
        let signed: SignedTotals = totals.sign(&election.state.election(), key.unwrap_or(own));
        signed.to_bytes()
    })
}

/// An office whose result is published.
async fn published() -> (Office, Vec<u8>) {
    let office = Office::new(closed()).await;
    let document = office.change(|served| {
        let election = &mut served.election;
        let totals = election.offline_totals(900, &[900, 0, 17, 1]);
        election.staff(totals).unwrap();
        election.decrypt();
        let result = result(&election.state, &Supplement::default()).unwrap();
        result.to_canonical().unwrap()
    });
    let proposed = office.upload("publish", &document).await;
    assert_eq!(office.sign(proposed).await, "done");
    (office, document)
}

#[tokio::test]
async fn totals_of_an_offline_group_are_its_own_possible_and_entered_once() {
    let office = Office::new(closed()).await;
    assert_eq!(
        office.actions().await,
        ["offline-totals", "publish", "notice", "withdraw", "annul"]
    );
    let stranger = SecretKey::from_seed(&[99; 32]);
    let good = totals(&office, &[900, 0, 17, 1], None);
    for bad in [
        totals(&office, &[900, 0, 17, 1], Some(&stranger)),
        totals(&office, &[901, 0, 17, 1], None),
        totals(&office, &[900, 0, 17], None),
        good[..good.len() - 1].to_vec(),
    ] {
        assert_eq!(
            office.upload("offline-totals", &bad).await.kind(),
            "totals-refused"
        );
    }
    let proposed = office.upload("offline-totals", &good).await;
    assert_eq!(office.sign(proposed).await, "done");
    assert_eq!(
        office.upload("offline-totals", &good).await.kind(),
        "stage-forbids"
    );
    let left = ["publish", "notice", "withdraw", "annul"];
    assert_eq!(office.actions().await, left);
}

#[tokio::test]
async fn the_result_is_shown_from_the_log_and_given_out_in_every_form() {
    let (office, document) = published().await;
    let person = &office.people[0];
    let shown = office.world.get(person, "/result").await.json();
    assert_eq!(shown["document"], json!(DocumentHash::of(&document)));
    assert_eq!(shown["hash"], shown["document"]);
    assert_eq!(shown["decision"], json!(null));
    let contest = shown["contests"][0].as_str().unwrap();
    let file = async |name: &str| {
        let path = format!("/result/{name}?lang=ko");
        office.world.get(person, &path).await
    };
    assert_eq!(file("result.json").await.bytes, document);
    assert!(
        file("report.html")
            .await
            .bytes
            .starts_with(b"<!doctype html>")
    );
    assert!(file("workbook.xlsx").await.bytes.starts_with(b"PK"));
    assert!(
        file("projects.csv")
            .await
            .bytes
            .starts_with("\u{feff}".as_bytes())
    );
    assert!(
        file(&format!("{contest}.pb"))
            .await
            .bytes
            .starts_with(b"META")
    );
    for name in ["other.pb", "report.pdf", "..%2Fcheckpoint"] {
        assert_eq!(file(name).await.kind(), "not-found", "{name}");
    }
    let path = "/result/report.html?lang=de";
    assert_eq!(
        office.world.get(person, path).await.kind(),
        "malformed-request"
    );
    // A document in the result's place is not the one that the log names.
    office.change(|served| {
        let hash = DocumentHash::of(&document).to_string();
        served.documents.insert(hash, b"{}".to_vec());
    });
    assert_eq!(
        office.world.get(person, "/result").await.kind(),
        "log-refused"
    );
}

#[tokio::test]
async fn nothing_is_shown_or_decided_before_there_is_a_result() {
    let office = Office::new(closed()).await;
    let path = "/result";
    assert_eq!(
        office.world.get(&office.people[0], path).await.kind(),
        "not-found"
    );
    assert_eq!(
        office.propose(decision(json!([]))).await.kind(),
        "stage-forbids"
    );
    let destroyed = json!({"action": "destroy-pseudonym-key"});
    assert_eq!(office.propose(destroyed).await.kind(), "stage-forbids");
}

fn decision(changes: Value) -> Value {
    json!({"action": "ratify", "assembly": {"ko": "총회", "en": "Assembly"},
        "decided_on": "2027-09-01", "changes": changes})
}

fn change(project: &Value, to: &str, funded: u64, reason: &str) -> Value {
    let reason = json!({"ko": reason, "en": reason});
    json!({"project": project, "to": to, "funded": funded, "reason": reason})
}

#[tokio::test]
async fn an_assembly_decides_beside_the_result_and_never_over_it() {
    let (office, document) = published().await;
    let read = async || office.world.get(&office.people[1], "/result").await.json();
    let result = read().await["result"].clone();
    let projects = result["contests"][0]["projects"].as_array().unwrap();
    let chosen = projects.iter().find(|p| p["outcome"] == "in").unwrap();
    let id = &chosen["id"];
    for (changes, kind) in [
        (
            json!([change(&json!("nobody"), "out", 0, "x")]),
            "decision-refused",
        ),
        (json!([change(id, "out", 1, "x")]), "decision-refused"),
        (
            json!([change(id, "in", chosen["cost"].as_u64().unwrap(), "x")]),
            "decision-refused",
        ),
        (
            json!([change(id, "out", 0, "x"), change(id, "out", 0, "x")]),
            "decision-refused",
        ),
        (json!([change(id, "out", 0, " ")]), "action-invalid"),
        (json!([{"project": id, "to": "out"}]), "malformed-request"),
    ] {
        assert_eq!(office.propose(decision(changes)).await.kind(), kind);
    }
    let otherwise = decision(json!([change(id, "out", 0, "땅을 얻지 못했습니다")]));
    let proposed = office.propose(otherwise).await;
    assert_eq!(office.sign(proposed).await, "done");
    let after = read().await;
    assert_eq!(after["result"], result);
    assert_eq!(after["document"], json!(DocumentHash::of(&document)));
    let decided = &after["decision"]["changes"][0];
    assert_eq!((&decided["project"], &decided["from"]), (id, &json!("in")));
    assert_eq!(
        (&decided["to"], &decided["funded"]),
        (&json!("out"), &json!(0))
    );
    let left = ["notice", "destroy-pseudonym-key", "annul"];
    assert_eq!(office.actions().await, left);
    let destroyed = office
        .propose(json!({"action": "destroy-pseudonym-key"}))
        .await;
    assert_eq!(office.sign(destroyed).await, "done");
    assert_eq!(office.actions().await, ["notice", "annul"]);
}

#[tokio::test]
async fn a_changed_page_is_announced_with_the_hash_of_every_file() {
    let office = Office::new(Election::open(manifest(|_| ()), rng())).await;
    let file = |path: &str, hash: &str| json!({"path": path, "bytes": 3, "sha256": hash, "compressed": true});
    let hash = "0123456789abcdef".repeat(4);
    for bad in [
        json!({"files": []}),
        json!({"files": [file("a.js", "00")]}),
        json!({"files": [file("a.js", &hash.to_uppercase())]}),
        json!({"files": [file("", &hash)]}),
        json!({"files": [file("a.js", &hash), file("a.js", &hash)]}),
        json!({"files": [file("a.js", &hash)], "more": 1}),
        json!([]),
    ] {
        let answer = office
            .upload("software-changed", bad.to_string().as_bytes())
            .await;
        assert_eq!(answer.kind(), "list-refused", "{bad}");
    }
    let list = json!({"files": [file("a.js", &hash), file("b.js", &hash)]}).to_string();
    let proposed = office.upload("software-changed", list.as_bytes()).await;
    assert_eq!(office.sign(proposed).await, "done");
    let named = office.change(|served| {
        let last = served.election.entries.last().unwrap().clone();
        let entry: voting_core::entry::Entry =
            voting_core::codec::Decode::from_bytes(&last).unwrap();
        match entry.body {
            voting_core::entry::Body::Staff(staff) => staff.proposal.action,
            body => panic!("{}", body.kind()),
        }
    });
    let StaffAction::SoftwareChanged(document) = named else {
        panic!("{}", named.name());
    };
    assert_eq!(document.hash, DocumentHash::of(list.as_bytes()));
}

#[tokio::test]
async fn everybody_is_told_and_rolls_are_counted_by_two() {
    let office = Office::new(Election::open(manifest(|_| ()), rng())).await;
    let text = json!({"ko": " 점검을 마쳤습니다. ", "en": "The maintenance is over."});
    let told = office
        .propose(json!({"action": "notice", "text": text}))
        .await;
    assert_eq!(office.sign(told).await, "done");
    let counted = json!({"action": "roll", "class": 0, "people": 1_204});
    let counted = office.propose(counted).await;
    assert_eq!(office.sign(counted).await, "done");
    office.change(|served| {
        let state = &served.election.state;
        let notices = state.notices().iter().map(|notice| notice.text.ko.as_str());
        assert_eq!(notices.collect::<Vec<_>>(), ["점검을 마쳤습니다."]);
        assert_eq!(state.roll(ClassIndex::new(0)), Some(1_204));
    });
    for bad in [
        json!({"action": "notice", "text": {"ko": " ", "en": "nothing"}}),
        json!({"action": "notice", "text": {"ko": "가".repeat(700), "en": "long"}}),
        json!({"action": "roll", "class": 1, "people": 1}),
        json!({"action": "roll", "class": 9, "people": 1}),
    ] {
        let refused = office.propose(bad.clone()).await;
        assert_eq!(refused.kind(), "action-invalid", "{bad}");
    }
}

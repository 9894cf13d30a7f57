//! Drafts, from a spreadsheet to a manifest.

use crate::world::{Person, World};
use serde_json::{Value, json};
use voting_core::manifest::testing::document;

pub(crate) const SHEET: &str = "번호,사업명,분야,사업비(천원),Title\n\
    P1,통학로 정비,교통,400000,Ways to school\nP2,마을 축제,문화,300000,Festival\nP3,쉼터,복지,250000,Shelter\nP4,도서관,문화,100000,Library\n";

/// A draft with everything entered but its projects; its id and what it shows.
pub(crate) async fn filled(world: &World, by: &Person, staff: &[&Person]) -> (i64, Value) {
    let made = world
        .post(by, "/drafts", json!({"preset": "district-2025"}))
        .await
        .json();
    let id = made["id"].as_i64().unwrap();
    let mut shown = world.get(by, &format!("/drafts/{id}")).await.json();
    let sample = serde_json::to_value(document(4, 2)).unwrap();
    let revision = shown["revision"].clone();
    let content = &mut shown["content"];
    content["origin"] = json!("vote.example.org/2027");
    content["title"] = json!({"ko": "우리 동네 투표", "en": "Our vote"});
    content["demonstration"] = json!(true);
    content["hours"] = json!({"opens_at": 1_000, "closes_at": 2_000, "extension_limit": 3_000, "objections_until": 4_000});
    content["trustees"] = sample["trustees"].clone();
    content["keys"] = sample["keys"].clone();
    content["staff"] = json!(staff.iter().map(|person| person.id).collect::<Vec<_>>());
    content["confirmed"] = json!([0, 1]);
    for (path, value) in [
        ("contests[0].title", json!({"ko": "사업", "en": "Projects"})),
        ("contests[0].picks.min", json!(0)),
        ("contests[0].picks.max", json!(2)),
        ("contests[0].rule.weighting.share.base", json!("marks")),
        ("contests[0].rule.weighting.share.empty", json!("refuse")),
        (
            "contests[0].rule.selection",
            json!({"fill": {"policy": "stop", "scope": {"overall": {"budget": 600_000_000}}}}),
        ),
        (
            "contests[0].rule.ties",
            json!(["cost_asc", "earlier_proposal"]),
        ),
        (
            "eligibility.area",
            json!({"ko": "우리 구", "en": "Our district"}),
        ),
        ("eligibility.claims", json!([])),
        ("classes[0].small", json!("withhold")),
        ("small_class_minimum", json!(1)),
    ] {
        content["answers"][path] = value;
    }
    let change = json!({"revision": revision, "content": content});
    let answer = world
        .json("PUT", by, &format!("/drafts/{id}"), change)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    (id, answer.json())
}

#[tokio::test]
async fn a_draft_becomes_a_manifest_when_nothing_is_missing_and_all_fits() {
    let world = World::new().await;
    let (one, two) = (world.manager(1).await, world.manager(2).await);
    let (id, shown) = filled(&world, &one, &[&one, &two]).await;
    assert_eq!(
        shown["missing"],
        json!([
            "contests[0].fields",
            "contests[0].lists",
            "contests[0].projects"
        ])
    );
    assert_eq!(shown["manifest"], json!(null));
    let revision = shown["revision"].as_u64().unwrap();
    let founding = format!("/drafts/{id}/founding");
    assert_eq!(
        world
            .post(&one, &founding, json!({"revision": revision}))
            .await
            .kind(),
        "draft-incomplete"
    );

    let path = format!("/drafts/{id}/projects?revision={revision}");
    let bad = world
        .upload("PUT", &one, &path, "사업명,사업비\n하나,x\n".as_bytes())
        .await;
    assert_eq!(bad.kind(), "spreadsheet-refused");
    assert_eq!(bad.json()["faults"][0]["row"], 2);
    let shown = world
        .upload("PUT", &one, &path, SHEET.as_bytes())
        .await
        .json();
    assert_eq!(
        (&shown["missing"], &shown["misfits"]),
        (&json!([]), &json!([]))
    );
    let manifest: Value = serde_json::from_str(shown["manifest"].as_str().unwrap()).unwrap();
    assert_eq!(manifest["contests"][0]["projects"][1]["cost"], 300_000_000);
    assert_eq!(
        manifest["contests"][0]["fields"].as_array().unwrap().len(),
        3
    );
    assert_eq!(
        manifest["staff"]["members"][1]["key"],
        json!(two.key.verify_key())
    );
    assert_eq!(shown["election"].as_str().unwrap().len(), 64);

    // The other manager saw the draft before the projects came.
    let mut late = json!({"revision": revision, "content": shown["content"]});
    assert_eq!(
        world
            .json("PUT", &two, &format!("/drafts/{id}"), late.clone())
            .await
            .kind(),
        "draft-changed"
    );
    // A rule that does not fit is told by its path, and projects come from a spreadsheet alone.
    late["revision"] = shown["revision"].clone();
    late["content"]["answers"]["contests[0].picks.max"] = json!(9);
    late["content"]["projects"] =
        json!({"projects": [], "fields": [], "lists": [], "without_english": 0});
    late["content"]["answers"]["nonsense"] = json!(1);
    let shown = world
        .json("PUT", &two, &format!("/drafts/{id}"), late)
        .await
        .json();
    let paths: Vec<_> = shown["misfits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["nonsense", "contests[0].picks.max"]);
    assert_eq!(
        shown["content"]["projects"]["projects"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn a_rule_is_tried_out_before_keys_and_people_are_known() {
    let world = World::new().await;
    let one = world.manager(1).await;
    let (id, shown) = filled(&world, &one, &[]).await;
    let simulation = format!("/drafts/{id}/simulation");
    let sample = json!({"number": 1, "voters": 100_000});
    assert_eq!(
        world.post(&one, &simulation, sample.clone()).await.kind(),
        "simulation-impossible"
    );
    let path = format!("/drafts/{id}/projects?revision={}", shown["revision"]);
    assert_eq!(
        world
            .upload("PUT", &one, &path, SHEET.as_bytes())
            .await
            .status,
        200
    );
    let result = world.post(&one, &simulation, sample.clone()).await;
    assert_eq!(
        result.bytes,
        world.post(&one, &simulation, sample).await.bytes
    );
    let projects = result.json()["contests"][0]["projects"]
        .as_array()
        .unwrap()
        .clone();
    let spent: u64 = projects.iter().map(|p| p["funded"].as_u64().unwrap()).sum();
    assert!((1..=600_000_000).contains(&spent), "{spent}");
}

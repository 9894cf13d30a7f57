//! The interface's description says what the interface does.

use crate::world::{Receiver, World};
use gateway::problem::ProblemKind;
use gateway::staff::Intent;
use serde_json::Value;
use std::collections::BTreeSet;

const CHECKED_IN: &str = include_str!("../../../docs/openapi.json");
const GUIDE: &str = include_str!("../../../docs/GATEWAY.md");

fn routes(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().keys();
        methods
            .map(|method| (method.clone(), path.clone()))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_served_checked_in_and_true() {
    // With everything that is there only where it is configured.
    let (world, receiver) = (World::create(|_| ()).await, Receiver::start(&[]).await);
    let configured = world.start_with(|config| config.notices = receiver.config());
    let running = configured.await;
    let api = &running.api;
    world.run_ceremony(api).await;
    world.act(api, Intent::Open).await;
    let served = api.get("/api/v1/openapi.json").await.json();
    let written: Value = serde_json::from_str(CHECKED_IN).unwrap();
    assert_eq!(
        served, written,
        "run: cargo run --release -p gateway -- openapi > docs/openapi.json"
    );
    for (method, path) in routes(&served) {
        let path = path.replace("{provider}", "demo").replace("{code}", "x");
        let path = format!("/api/v1{path}");
        let answer = match method.as_str() {
            "get" => api.get(&path).await,
            _ => api.post(&path, &[]).await,
        };
        if answer.status != 200 {
            let problem = answer.problem();
            let missing = matches!(problem.as_str(), "not-found" | "method-not-allowed");
            assert!(!missing, "{method} {path}: {problem}");
        }
    }
    running.stop().await;
}

/// The guide's table and the document name the same routes.
#[test]
fn the_guide_and_the_document_agree() {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let documented = routes(&document);
    let rows = GUIDE.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.filter_map(|row| row.split('`').next()?.split_once(" /api/v1"));
    let written: BTreeSet<(String, String)> = rows
        .map(|(method, path)| {
            let path = path
                .replace('<', "{")
                .replace('>', "}")
                .replace("/demo", "/{provider}");
            (method.to_lowercase(), path)
        })
        .collect();
    assert_eq!(written, documented);
}

#[test]
fn every_problem_is_in_both() {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let kinds = &document["components"]["schemas"]["ProblemType"]["enum"];
    let kinds: Vec<&str> = kinds
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let uris = ProblemKind::ALL
        .iter()
        .map(|kind| format!("urn:hanpyo:problem:{}", kind.name()));
    assert_eq!(kinds, uris.collect::<Vec<_>>());
    for kind in ProblemKind::ALL {
        let row = format!("| `{}` | {} |", kind.name(), kind.status());
        assert!(GUIDE.contains(&row), "{row}");
    }
}

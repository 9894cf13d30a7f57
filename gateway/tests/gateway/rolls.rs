//! Rolls, classes and requirements, as people meet them.

use crate::world::Town;
use gateway::registry::Registry;
use gateway::rolls::Verdict;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use voting_core::codec::Decode;
use voting_core::credential::Credential;
use voting_core::manifest::{AgeLimit, testing};
use voting_core::rule::Weighting;

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
async fn who_is_put_on_a_roll_after_voting_was_counted_already() {
    let town = Town::open(|_| ()).await;
    let voter = town.world.voter(town.api(), "late").await;
    let receipt = voter.vote(town.api(), &[0]).await;
    let file = town.world.folder.path().join("late.csv");
    std::fs::write(&file, "class,ci\ncommittee,late\n").unwrap();
    let registry = Registry::open(&town.world.data()).await.unwrap();
    let imported = town.world.import_roll(&registry, &file).await;
    assert_eq!(imported.count(Verdict::Accepted), 1);
    registry.close().await;

    let again = town
        .json("/api/v1/identity/demo", &json!({ "ci": "late" }))
        .await
        .json();
    assert_eq!(again["class"], "citizen");
    let refused = town
        .credential(again["session"].as_str().unwrap(), 91)
        .await;
    assert_eq!(refused.problem(), "already-voted");
    assert_eq!(refused.attached("receipt"), receipt);
    let status = town.api().get("/api/v1/status").await.json();
    let cast = [0, 1].map(|class| status["classes"][class]["cast"].clone());
    assert_eq!(cast, [json!(0), json!(1)]);
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_classes_the_manifests_first_admits() {
    let town = Town::open(|document| {
        let mut graduate = document.classes[0].clone();
        graduate.id = testing::name("graduate");
        graduate.title = testing::text("수료자", "Graduates");
        document.classes.insert(1, graduate);
        for contest in &mut document.contests {
            let Weighting::Share { shares, .. } = &mut contest.rule.weighting else {
                panic!("shares");
            };
            let mut share = shares[0].clone();
            share.class = testing::name("graduate");
            share.share = testing::name("20");
            shares[0].share = testing::name("20");
            shares.push(share);
        }
    })
    .await;
    let file = town.world.folder.path().join("both.csv");
    let roll = "class,ci\ngraduate,both\ncommittee,both\ngraduate,one\n";
    std::fs::write(&file, roll).unwrap();
    let registry = Registry::open(&town.world.data()).await.unwrap();
    let imported = town.world.import_roll(&registry, &file).await;
    assert_eq!(imported.count(Verdict::Accepted), 3);
    registry.close().await;
    for (ci, class) in [
        ("both", "committee"),
        ("one", "graduate"),
        ("none", "citizen"),
    ] {
        let answer = town
            .json("/api/v1/identity/demo", &json!({ "ci": ci }))
            .await;
        assert_eq!(answer.json()["class"], class, "{ci}");
    }
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

/// Who is judged eligible, and who is not: what stays is the outcome, and nothing that it was judged
/// from.
#[tokio::test(flavor = "multi_thread")]
async fn what_eligibility_was_judged_from_is_stored_nowhere() {
    let town = Town::open(|document| {
        document.eligibility.age = Some(AgeLimit {
            years: 14,
            on: testing::name("2027-08-02"),
        });
    })
    .await;
    let person = |ci: &str, born: &str, ties: Value| {
        json!({
            "ci": ci, "name": "임 꺽정", "birth_date": born, "mobile": "010-4444-5555", "ties": ties,
        })
    };
    let identify = async |person: &Value| town.json("/api/v1/identity/demo", person).await;
    identify(&person("judged-1", "1971-03-04", json!(["study"])))
        .await
        .ok();
    let young = identify(&person("judged-2", "2013-08-03", json!(["study"]))).await;
    assert_eq!(young.problem(), "not-eligible");
    let tieless = identify(&person("judged-3", "1972-05-06", json!([]))).await;
    let case = tieless.json()["case"].clone();
    let confirmed = json!({ "case": case, "requirement": "tie" });
    town.as_desk("confirmations", &confirmed).await.ok();
    let Town { world, running, .. } = town;
    running.stop().await;

    let options = SqliteConnectOptions::new()
        .filename(world.data().join("registry.sqlite"))
        .read_only(true);
    let mut connection = options.connect().await.unwrap();
    let outcomes = sqlx::query_scalar("SELECT outcome FROM eligibility ORDER BY outcome");
    let outcomes: Vec<String> = outcomes.fetch_all(&mut connection).await.unwrap();
    assert_eq!(outcomes, ["age", "eligible", "tie"]);
    connection.close().await.unwrap();
    let stored = everything_in(&world.data(), "registry.sqlite");
    let holds = |text: &str| {
        stored
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("eligible") && holds("중구"), "nothing was searched");
    for text in [
        "judged-",
        "임 꺽정",
        "임꺽정",
        "꺽정",
        "1971",
        "2013-08",
        "20130803",
        "1972",
        "4444",
        "study",
    ] {
        assert!(!holds(text), "{text} is stored");
    }
}

/// The bytes of all files whose names begin so: a database with its write-ahead log.
fn everything_in(folder: &Path, name: &str) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let ours = files.filter(|file| file.file_name().to_string_lossy().starts_with(name));
    ours.flat_map(|file| std::fs::read(file.path()).unwrap())
        .collect()
}

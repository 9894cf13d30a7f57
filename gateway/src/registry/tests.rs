use super::*;
use crate::rolls::Outcome;

async fn registry() -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path()).await.unwrap();
    (folder, registry)
}

fn row(number: u64, outcome: Outcome, ci: Option<u8>, person: Option<u8>) -> RollRow {
    RollRow {
        number,
        class: Some(ClassIndex::new(number as u16 % 3)),
        outcome,
        ci: ci.map(|n| RollHash::new([n; 32])),
        person: person.map(|n| RollHash::new([n; 32])),
    }
}

#[tokio::test]
async fn only_accepted_rows_weigh_and_each_by_one_hash() {
    let (_folder, registry) = registry().await;
    let import = RollImport {
        time: UnixMillis::new(1),
        replaced: Vec::new(),
        rows: vec![
            row(2, Outcome::Accepted, Some(1), Some(10)),
            row(3, Outcome::Accepted, None, Some(11)),
            row(4, Outcome::PersonOfSeveral, None, Some(12)),
            row(5, Outcome::CiOfSeveral, Some(3), None),
        ],
    };
    assert_eq!(registry.import_roll(&import).await.unwrap(), 1);
    let find = async |ci: u8, person: Option<u8>| {
        let person = person.map(|n| RollHash::new([n; 32]));
        registry
            .roll_classes(&RollHash::new([ci; 32]), person.as_ref())
            .await
            .unwrap()
    };
    assert_eq!(find(1, None).await, [ClassIndex::new(2)]);
    assert_eq!(
        find(9, Some(10)).await,
        [],
        "a row with a CI is found by it alone"
    );
    assert_eq!(find(9, Some(11)).await, [ClassIndex::new(0)]);
    assert_eq!(find(9, Some(12)).await, []);
    assert_eq!(find(3, None).await, []);
    assert_eq!(registry.roll().await.unwrap(), import.rows[..2]);
    let unsettled = registry.roll_rows((0, 0), true, 9).await.unwrap();
    assert_eq!(
        unsettled.iter().map(|r| r.row).collect::<Vec<_>>(),
        import.rows[2..]
    );
    let page = registry.roll_rows((1, 2), false, 2).await.unwrap();
    assert_eq!(
        page.iter().map(|r| r.row).collect::<Vec<_>>(),
        import.rows[1..3]
    );

    let again = RollImport {
        time: UnixMillis::new(2),
        replaced: vec![ClassIndex::new(2)],
        rows: Vec::new(),
    };
    assert_eq!(registry.import_roll(&again).await.unwrap(), 2);
    assert_eq!(find(1, None).await, []);
    assert_eq!(find(9, Some(11)).await, [ClassIndex::new(0)]);
}

#[tokio::test]
async fn what_is_used_up_stays_so_over_a_restart() {
    let (folder, registry) = registry().await;
    let at = UnixMillis::new;
    assert!(
        registry
            .use_transaction(&[1; 32], at(10), at(1))
            .await
            .unwrap()
    );
    registry.end_session(&[2; 16], at(10), at(1)).await.unwrap();
    registry.close().await;
    let registry = Registry::open(folder.path()).await.unwrap();
    assert!(
        !registry
            .use_transaction(&[1; 32], at(10), at(9))
            .await
            .unwrap()
    );
    assert!(registry.session_ended(&[2; 16]).await.unwrap());
    assert!(!registry.session_ended(&[3; 16]).await.unwrap());
}

#[tokio::test]
async fn outcomes_are_kept_and_not_what_they_were_judged_from() {
    let (_folder, registry) = registry().await;
    let person = Pseudonym::new([1; 32]);
    let at = UnixMillis::new;
    assert_eq!(
        registry.confirmed(&person).await.unwrap(),
        Vec::<String>::new()
    );
    for _ in 0..2 {
        registry
            .confirm(&person, "tie", "desk", at(1))
            .await
            .unwrap();
    }
    assert_eq!(registry.confirmed(&person).await.unwrap(), ["tie"]);
    registry
        .put_eligibility(&person, "age", at(1))
        .await
        .unwrap();
    registry
        .put_eligibility(&person, "eligible", at(2))
        .await
        .unwrap();
}

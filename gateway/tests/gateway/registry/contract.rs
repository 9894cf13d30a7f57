//! What both registries must do alike.

use gateway::registry::{
    Registry, RollCounts, RollImport, SelfCheck, SelfChecks, StoredCode, StoredNotice,
};
use gateway::rolls::{Outcome, RollHash, RollRow};
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};

/// Runs every case on a registry of its own; the same name opens the same one again.
pub(super) async fn holds(open: impl AsyncFn(&'static str) -> Registry) {
    only_accepted_rows_weigh_and_each_by_one_hash(&open("rolls").await).await;
    of_two_imports_after_the_same_one_is_kept(&open).await;
    what_is_used_up_stays_so_over_a_restart(&open).await;
    the_first_namespace_stays(&open).await;
    outcomes_and_confirmations_are_kept(&open("outcomes").await).await;
    a_code_has_so_many_tries_and_is_used_once(&open("codes").await).await;
    a_new_code_takes_the_place_of_the_former(&open("places").await).await;
    who_says_to_have_checked_is_counted(&open).await;
    a_notice_is_held_by_one_and_tried_when_it_is_due(&open("notices").await).await;
    a_large_import_comes_back_in_order(&open("large").await).await;
}

const fn at(time: u64) -> UnixMillis {
    UnixMillis::new(time)
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

async fn only_accepted_rows_weigh_and_each_by_one_hash(registry: &Registry) {
    let import = RollImport {
        time: at(1),
        after: 0,
        replaced: Vec::new(),
        rows: vec![
            row(2, Outcome::Accepted, Some(1), Some(10)),
            row(3, Outcome::Accepted, None, Some(11)),
            row(4, Outcome::PersonOfSeveral, None, Some(12)),
            row(5, Outcome::CiOfSeveral, Some(3), None),
        ],
    };
    assert_eq!(registry.roll_counts().await.unwrap(), RollCounts::default());
    assert_eq!(registry.import_roll(&import).await.unwrap(), Some(1));
    assert_eq!(counts(registry).await, (1, vec![(0, 1), (2, 1)]));
    let find = async |ci: u8, person: Option<u8>| {
        let person = person.map(|n| RollHash::new([n; 32]));
        let ci = RollHash::new([ci; 32]);
        registry.roll_classes(&ci, person.as_ref()).await.unwrap()
    };
    assert_eq!(find(1, None).await, [ClassIndex::new(2)]);
    let by_rest = find(9, Some(10)).await;
    assert_eq!(by_rest, [], "a row with a CI is found by it alone");
    assert_eq!(find(9, Some(11)).await, [ClassIndex::new(0)]);
    assert_eq!(find(9, Some(12)).await, []);
    assert_eq!(find(3, None).await, []);
    assert_eq!(registry.roll().await.unwrap(), import.rows[..2]);
    let rows = async |after, unsettled, limit| {
        let rows = registry.roll_rows(after, unsettled, limit).await.unwrap();
        rows.iter().map(|row| row.row).collect::<Vec<_>>()
    };
    assert_eq!(rows((0, 0), true, 9).await, import.rows[2..]);
    assert_eq!(rows((1, 2), false, 2).await, import.rows[1..3]);

    let again = RollImport {
        time: at(2),
        after: 1,
        replaced: vec![ClassIndex::new(2)],
        rows: Vec::new(),
    };
    assert_eq!(registry.import_roll(&again).await.unwrap(), Some(2));
    assert_eq!(counts(registry).await, (2, vec![(0, 1)]));
    assert_eq!(find(1, None).await, []);
    assert_eq!(find(9, Some(11)).await, [ClassIndex::new(0)]);

    // Of a row that cannot be kept, nothing of its import is.
    let twice = RollImport {
        time: at(3),
        after: 2,
        replaced: vec![ClassIndex::new(0)],
        rows: vec![row(2, Outcome::Accepted, Some(7), None); 2],
    };
    assert!(registry.import_roll(&twice).await.is_err());
    assert_eq!(find(7, None).await, []);
    assert_eq!(find(9, Some(11)).await, [ClassIndex::new(0)]);
    assert_eq!(counts(registry).await, (2, vec![(0, 1)]));
}

async fn counts(registry: &Registry) -> (u64, Vec<(u16, u64)>) {
    let counts = registry.roll_counts().await.unwrap();
    assert_eq!(registry.last_import().await.unwrap(), counts.imports);
    let people = counts.people.iter().map(|(class, n)| (class.get(), *n));
    (counts.imports, people.collect())
}

async fn of_two_imports_after_the_same_one_is_kept(open: &impl AsyncFn(&'static str) -> Registry) {
    let (one, other) = (open("imports").await, open("imports").await);
    let import = |after: u64, ci: u8| RollImport {
        time: at(after),
        after,
        replaced: vec![ClassIndex::new(2)],
        rows: vec![row(2, Outcome::Accepted, Some(ci), None)],
    };
    let mut last = Vec::new();
    for after in 0..10 {
        let (by_one, by_other) = (import(after, 1), import(after, 2));
        let kept = tokio::join!(one.import_roll(&by_one), other.import_roll(&by_other));
        let kept = [kept.0.unwrap(), kept.1.unwrap()];
        let refused = kept.iter().filter(|number| number.is_none()).count();
        assert_eq!(refused, 1, "{kept:?}");
        assert!(kept.contains(&Some(after + 1)), "{kept:?}");
        last = if kept[0].is_some() {
            by_one.rows
        } else {
            by_other.rows
        };
    }
    // Neither one that comes late nor one from the future.
    for after in [0, 9, 11] {
        let kept = one.import_roll(&import(after, 3)).await.unwrap();
        assert_eq!(kept, None, "{after}");
    }
    assert_eq!(
        other.roll().await.unwrap(),
        last,
        "a refused one replaced a roll"
    );
    assert_eq!(counts(&other).await, (10, vec![(2, 1)]));
}

async fn what_is_used_up_stays_so_over_a_restart(open: &impl AsyncFn(&'static str) -> Registry) {
    let registry = open("used").await;
    let using = async |id: u8| registry.use_transaction(&[id; 32], at(10), at(1)).await;
    let (one, other) = tokio::join!(using(1), using(1));
    assert_ne!(one.unwrap(), other.unwrap(), "of two at once one uses it");
    registry.end_session(&[2; 16], at(10), at(1)).await.unwrap();
    registry.end_session(&[2; 16], at(10), at(1)).await.unwrap();
    registry.close().await;
    let registry = open("used").await;
    let again = registry.use_transaction(&[1; 32], at(10), at(9)).await;
    assert!(!again.unwrap());
    assert!(registry.session_ended(&[2; 16]).await.unwrap());
    assert!(!registry.session_ended(&[3; 16]).await.unwrap());
}

async fn the_first_namespace_stays(open: &impl AsyncFn(&'static str) -> Registry) {
    let (one, other) = (open("namespace").await, open("namespace").await);
    let kept = tokio::join!(
        one.keep_namespace("ci"),
        other.keep_namespace("oidc:https://id.example#sub")
    );
    let kept = [kept.0.unwrap(), kept.1.unwrap()];
    assert_eq!(kept[0], kept[1], "of two at once one is kept");
    one.close().await;
    other.close().await;
    let again = open("namespace").await.keep_namespace("another").await;
    assert_eq!(again.unwrap(), kept[0]);
}

async fn outcomes_and_confirmations_are_kept(registry: &Registry) {
    let person = Pseudonym::new([1; 32]);
    let confirmed = async || registry.confirmed(&person).await.unwrap();
    assert_eq!(confirmed().await, Vec::<String>::new());
    for _ in 0..2 {
        let confirm = registry.confirm(&person, "tie", "창구", at(1));
        confirm.await.unwrap();
    }
    assert_eq!(confirmed().await, ["tie"]);
    for (outcome, time) in [("age", 1), ("eligible", 2)] {
        let put = registry.put_eligibility(&person, outcome, at(time));
        put.await.unwrap();
    }
}

async fn who_says_to_have_checked_is_counted(open: &impl AsyncFn(&'static str) -> Registry) {
    let registry = open("checks").await;
    assert_eq!(registry.checks().await.unwrap(), SelfChecks::default());
    let count = || registry.count_check(SelfCheck::Receipt);
    let (one, other, third) = tokio::join!(count(), count(), count());
    one.and(other).and(third).unwrap();
    registry.count_check(SelfCheck::Election).await.unwrap();
    registry.close().await;
    let expected = SelfChecks {
        receipts: 3,
        elections: 1,
    };
    assert_eq!(open("checks").await.checks().await.unwrap(), expected);
}

async fn a_notice_is_held_by_one_and_tried_when_it_is_due(registry: &Registry) {
    let notice = |n: u8| StoredNotice {
        id: [n; 32],
        sealed: format!("sealed {n}"),
        attempts: 0,
    };
    let put = async |n: u8, event| registry.put_notice(event, &notice(n), 3).await.unwrap();
    assert!(put(1, "opened").await && put(2, "opened").await && put(3, "published").await);
    assert!(!put(4, "published").await, "more wait than may");
    let take = async |now| {
        let taken = registry.take_notices("opened", at(now), at(100), 1);
        taken.await.unwrap()
    };
    let (one, other) = tokio::join!(take(1), take(1));
    assert_eq!((one.len(), other.len()), (1, 1));
    assert_ne!(one[0].id, other[0].id, "two gateways took the same");
    assert_eq!(one[0].attempts, 1);
    assert_eq!(one[0].sealed, format!("sealed {}", one[0].id[0]));
    assert_eq!(take(99).await, [], "what is held was taken");
    registry.retry_notice(&one[0].id, at(50)).await.unwrap();
    assert_eq!(take(49).await, []);
    let again = take(50).await;
    assert_eq!((again[0].id, again[0].attempts), (one[0].id, 2));
    registry.drop_notice(&one[0].id).await.unwrap();
    registry.drop_notice(&one[0].id).await.unwrap();
    assert_eq!(take(1_000).await[0].id, other[0].id);
    assert_eq!(
        take(1_000).await.len(),
        1,
        "held until 100, due again since"
    );
    registry.drop_notices("opened").await.unwrap();
    assert_eq!(take(1_000).await, []);
    assert!(put(4, "published").await && put(4, "published").await);
}

fn code(locator: u8, pseudonym: u8) -> StoredCode {
    StoredCode {
        locator: [locator; 32],
        secret: [locator + 100; 32],
        pseudonym: Pseudonym::new([pseudonym; 32]),
        class: ClassIndex::new(1),
        desk: "중구".to_owned(),
        expires: at(10),
        tries: 2,
    }
}

async fn a_code_has_so_many_tries_and_is_used_once(registry: &Registry) {
    assert!(registry.put_code(&code(1, 1), at(1)).await.unwrap());
    let attempt = async |time| registry.try_code(&[1; 32], at(time)).await.unwrap();
    assert_eq!(attempt(10).await, None, "too late");
    let mut left = code(1, 1);
    left.tries = 1;
    assert_eq!(attempt(9).await, Some(left));
    assert_eq!(attempt(9).await.map(|code| code.tries), Some(0));
    assert_eq!(attempt(9).await, None);
    assert_eq!(registry.try_code(&[9; 32], at(1)).await.unwrap(), None);

    registry.put_code(&code(2, 2), at(1)).await.unwrap();
    let used = code(2, 2);
    let (one, other) = tokio::join!(registry.use_code(&used), registry.use_code(&used));
    assert_ne!(one.unwrap(), other.unwrap());
    assert_eq!(registry.try_code(&[2; 32], at(1)).await.unwrap(), None);
}

async fn a_new_code_takes_the_place_of_the_former(registry: &Registry) {
    let found = async |locator: u8| {
        let code = registry.try_code(&[locator; 32], at(1)).await.unwrap();
        code.map(|code| code.pseudonym)
    };
    let person = |n: u8| Some(Pseudonym::new([n; 32]));
    assert!(registry.put_code(&code(1, 1), at(1)).await.unwrap());
    assert!(registry.put_code(&code(2, 1), at(1)).await.unwrap());
    assert_eq!((found(1).await, found(2).await), (None, person(1)));
    // A locator in use is refused, and the person's former code is as it was.
    assert!(registry.put_code(&code(3, 2), at(1)).await.unwrap());
    assert!(!registry.put_code(&code(2, 2), at(1)).await.unwrap());
    assert_eq!((found(2).await, found(3).await), (person(1), person(2)));
    // Of a code whose time is over the locator is free.
    assert!(registry.put_code(&code(2, 3), at(10)).await.unwrap());
    assert_eq!(found(2).await, person(3));
}

async fn a_large_import_comes_back_in_order(registry: &Registry) {
    let rows = (2..25_002).map(|number| {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&u64::to_be_bytes(number));
        RollRow {
            ci: Some(RollHash::new(hash)),
            ..row(number, Outcome::Accepted, None, None)
        }
    });
    let import = RollImport {
        time: at(1),
        after: 0,
        replaced: Vec::new(),
        rows: rows.collect(),
    };
    registry.import_roll(&import).await.unwrap();
    let mut stored = registry.roll().await.unwrap();
    stored.sort_by_key(|row| row.number);
    assert_eq!(stored, import.rows);
}

//! What only PostgreSQL has: several processes, terms, settings, users.

use super::{PERSON, ballot, contract, entry, first, group};
use crate::world::{Postgres, until};
use gateway::registry::{PostgresRegistry, Registry, RollImport, StoredCode};
use gateway::rolls::{Outcome, RollHash, RollRow};
use gateway::store::postgres::{Lease, PostgresOptions};
use gateway::store::{Place, PostgresStore, Storage, Store, StoreError};
use sqlx::Executor;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use voting_core::ids::{ClassIndex, Pseudonym, UnixMillis};
use voting_core::tracking::TrackingCode;

/// Longer than any test: a term is over when the test says so.
const LENGTH: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_the_contract() {
    let server = Postgres::start().await;
    let count = AtomicU32::new(0);
    contract::holds(async || {
        let name = format!("case_{}", count.fetch_add(1, Ordering::SeqCst));
        Store::new(server.database(&name).await)
    })
    .await;
}

/// What stands in the store of 240 people who have voted, the n-th with this code.
fn code_and_person(n: u64) -> (TrackingCode, Pseudonym) {
    let code = TrackingCode::of(&n.to_be_bytes());
    (code, Pseudonym::new(*code.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_about_ballots_reads_the_rows_of_their_people_alone() {
    let server = Postgres::start().await;
    let store = server.database("a").await;
    store.commit(&first()).await.unwrap();
    for base in (3..243).step_by(60) {
        let mut group = group(base, 60);
        for n in base..base + 60 {
            let (code, person) = code_and_person(n);
            group.cast(person, (code, ballot(n, &code)), None);
            group.credentials.insert(person, (n, vec![8; 135]));
        }
        store.commit(&group).await.unwrap();
    }
    store.close().await;

    // A server's process tells what it has read at its end, before it is gone from the list of them.
    let mut owner = server.owner("a").await;
    let mut read = async || -> i64 {
        let others = "SELECT count(*) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()
                          AND backend_type = 'client backend'";
        until("everybody else has gone", async || {
            owner
                .execute("SELECT pg_stat_clear_snapshot()")
                .await
                .unwrap();
            let count: i64 = sqlx::query_scalar(others)
                .fetch_one(&mut owner)
                .await
                .unwrap();
            count == 0
        })
        .await;
        let sql = "SELECT sum(idx_tup_read)::bigint FROM pg_stat_user_indexes
                   WHERE relname IN ('ballot', 'current_ballot', 'credential')";
        owner
            .execute("SELECT pg_stat_clear_snapshot()")
            .await
            .unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap()
    };
    let before = read().await;
    let options = server.options("owner", "a").readers(1);
    let store = PostgresStore::open(&options).await.unwrap();
    let asked: Vec<_> = (3..13).map(code_and_person).collect();
    // The plan of a statement is kept from its sixth time on.
    for _ in 0..10 {
        let standings = store.standings(&asked).await.unwrap();
        assert!(
            standings
                .iter()
                .all(|one| one.same.is_some() && one.credential.is_some())
        );
    }
    store.close().await;
    let rows = read().await - before;
    // Four rows for each of a hundred questions.
    assert!((400..500).contains(&rows), "{rows} rows were read");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_rewrites_history() {
    let server = Postgres::start().await;
    let store = server.database("a").await;
    store.commit(&first()).await.unwrap();
    let mut owner = server.owner("a").await;
    for sql in [
        "UPDATE entry SET time = 8",
        "DELETE FROM entry",
        "TRUNCATE entry CASCADE",
        "INSERT INTO entry VALUES (3, 0, 4, '\\x01')",
        "UPDATE head SET size = 4",
        "UPDATE head SET size = 2",
        "DELETE FROM head",
        "UPDATE node SET hash = '\\x00'",
        "DELETE FROM node",
        "UPDATE checkpoint SET note = '\\x00'",
        "DELETE FROM checkpoint",
        "INSERT INTO checkpoint VALUES (4, sha256(''), '')",
        "DELETE FROM document",
        "UPDATE election SET only_one = true",
        "INSERT INTO election VALUES (false, sha256(''), sha256(''))",
        "UPDATE lease SET holder = 'someone'",
        "DELETE FROM lease",
    ] {
        assert!(owner.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(store.entries(0..9).await.unwrap().len(), 3);
}

fn lease(store: &PostgresStore, name: &str) -> Lease {
    Lease::new(store.clone(), name.to_owned(), format!("{name}:1"), LENGTH)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_who_want_the_term_one_gets_it_and_the_former_is_fenced() {
    let server = Postgres::start().await;
    let store = server.database("a").await;
    let seen = lease(&store, "a").read().await.unwrap();
    assert!(seen.over && seen.epoch == 0 && seen.size == 0);
    let wanting = ["a", "b", "c"].map(|name| lease(&store, name));
    let [a, b, c] = &wanting;
    let (x, y, z) = tokio::join!(a.take(&seen), b.take(&seen), c.take(&seen));
    let taken = [x.unwrap(), y.unwrap(), z.unwrap()];
    let winner = taken.iter().position(Option::is_some).unwrap();
    assert_eq!(taken.iter().flatten().collect::<Vec<_>>(), [&1]);
    let (first_holder, other) = (&wanting[winner], &wanting[(winner + 1) % 3]);

    let mut group_one = first();
    group_one.epoch = 1;
    store.commit(&group_one).await.unwrap();
    let now = other.read().await.unwrap();
    assert_eq!((now.epoch, now.size, now.over), (1, 3, false));
    assert_eq!(now.holder, first_holder.holder());
    assert_eq!(other.take(&now).await.unwrap(), None, "it is not over");
    assert!(!other.renew(1).await.unwrap());
    server
        .execute("a", "UPDATE hanpyo.lease SET until = clock_timestamp()")
        .await;
    assert!(other.read().await.unwrap().over);
    assert!(first_holder.renew(1).await.unwrap(), "nobody took it yet");
    assert!(!other.read().await.unwrap().over);
    assert!(first_holder.release(1).await.unwrap());
    let over = other.read().await.unwrap();
    assert_eq!(other.take(&over).await.unwrap(), Some(2));

    // The former holder wakes up and believes nothing has happened.
    assert!(!first_holder.renew(1).await.unwrap());
    let mut late = group(3, 1);
    late.epoch = 1;
    assert!(matches!(store.commit(&late).await, Err(StoreError::Fenced)));
    late.epoch = 2;
    late.base = 2;
    assert!(store.commit(&late).await.is_err(), "from an older state");
    late.base = 3;
    store.commit(&late).await.unwrap();
    assert_eq!(store.entries(3..9).await.unwrap(), [entry(3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_registrar_keeps_is_used_up_once_at_any_gateway() {
    let server = Postgres::start().await;
    let one = Registry::new(PostgresRegistry::new(server.database("a").await));
    let place = Place::Database(server.options("owner", "a"));
    let other = Registry::at(&place).await.unwrap();
    let (now, later) = (UnixMillis::new(5), UnixMillis::new(9));

    let row = |number, outcome, ci: Option<u8>, person: Option<u8>| RollRow {
        number,
        class: Some(ClassIndex::new(1)),
        outcome,
        ci: ci.map(|n| RollHash::new([n; 32])),
        person: person.map(|n| RollHash::new([n; 32])),
    };
    let mut import = RollImport {
        time: now,
        after: 0,
        replaced: Vec::new(),
        rows: vec![
            row(2, Outcome::Accepted, Some(1), Some(10)),
            row(3, Outcome::Accepted, None, Some(11)),
            row(4, Outcome::CiOfSeveral, Some(3), None),
        ],
    };
    assert_eq!(one.import_roll(&import).await.unwrap(), Some(1));
    assert_eq!(other.roll().await.unwrap(), import.rows[..2]);
    let unsettled = other.roll_rows((0, 0), true, 9).await.unwrap();
    assert_eq!(unsettled.len(), 1);
    let find = async |ci: u8, person: u8| {
        let (ci, person) = (RollHash::new([ci; 32]), RollHash::new([person; 32]));
        other.roll_classes(&ci, Some(&person)).await.unwrap().len()
    };
    let found = (
        find(1, 9).await,
        find(9, 11).await,
        find(9, 10).await,
        find(3, 9).await,
    );
    assert_eq!(found, (1, 1, 0, 0));
    import.replaced = vec![ClassIndex::new(1)];
    import.rows.truncate(1);
    import.after = 1;
    assert_eq!(other.import_roll(&import).await.unwrap(), Some(2));
    assert_eq!(one.roll().await.unwrap(), import.rows);

    assert!(one.use_transaction(&[1; 32], later, now).await.unwrap());
    assert!(!other.use_transaction(&[1; 32], later, now).await.unwrap());
    other.put_eligibility(&PERSON, "age", now).await.unwrap();
    one.put_eligibility(&PERSON, "eligible", later)
        .await
        .unwrap();
    one.confirm(&PERSON, "residence", "hall", now)
        .await
        .unwrap();
    other
        .confirm(&PERSON, "residence", "hall", later)
        .await
        .unwrap();
    assert_eq!(other.confirmed(&PERSON).await.unwrap(), ["residence"]);
    one.end_session(&[2; 16], later, now).await.unwrap();
    assert!(other.session_ended(&[2; 16]).await.unwrap());
    assert!(!other.session_ended(&[3; 16]).await.unwrap());

    let code = |locator, person| StoredCode {
        locator: [locator; 32],
        secret: [4; 32],
        pseudonym: Pseudonym::new([person; 32]),
        class: ClassIndex::new(0),
        desk: "hall".into(),
        expires: later,
        tries: 2,
    };
    assert!(one.put_code(&code(1, 1), now).await.unwrap());
    assert!(!other.put_code(&code(1, 2), now).await.unwrap(), "taken");
    assert!(other.put_code(&code(2, 1), now).await.unwrap(), "a new one");
    assert_eq!(one.try_code(&[1; 32], now).await.unwrap(), None);
    let tried = one.try_code(&[2; 32], now).await.unwrap().unwrap();
    assert_eq!((tried.tries, tried.pseudonym), (1, Pseudonym::new([1; 32])));
    assert_eq!(one.try_code(&[2; 32], later).await.unwrap(), None, "late");
    let (x, y) = tokio::join!(one.use_code(&tried), other.use_code(&tried));
    assert!(x.unwrap() != y.unwrap(), "used once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_gateways_database_is_refused() {
    let server = Postgres::start().await;
    let store = server.database("a").await;
    store.close().await;
    let open = async || {
        PostgresStore::open(&server.options("owner", "a"))
            .await
            .err()
    };
    assert!(open().await.is_none());
    server
        .execute("postgres", "ALTER DATABASE a SET synchronous_commit = off")
        .await;
    assert!(open().await.is_none(), "the gateway's own setting holds");
    server
        .execute(
            "a",
            "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 2",
        )
        .await;
    assert!(matches!(open().await, Some(StoreError::Schema(_))));
    server
        .execute("a", "DELETE FROM _sqlx_migrations WHERE version > 1")
        .await;
    assert!(matches!(open().await, Some(StoreError::SchemaBehind(2))));
    let nobody = PostgresOptions::new(["postgres://owner@127.0.0.1:1/a"]).unwrap();
    let error = PostgresStore::open(&nobody).await.err();
    assert!(matches!(error, Some(StoreError::NoPrimary)));
    let secret = PostgresOptions::new(["mysql://a:secret@b/c"])
        .err()
        .unwrap();
    assert!(!format!("{secret} {secret:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_of_which_none_waits_for_another_are_refused() {
    let primary = Postgres::start().await;
    primary.database("a").await.close().await;
    let standby = primary.follow().await;
    let urls = [primary.url("a"), standby.url("a")];
    let options = PostgresOptions::new(urls.iter().map(String::as_str)).unwrap();
    let open = async |options: &PostgresOptions| PostgresStore::open(options).await.err();
    let refused = open(&options).await;
    assert!(matches!(refused, Some(StoreError::Asynchronous)));
    let known = options.clone().allow_asynchronous(true);
    assert!(open(&known).await.is_none());
    let alone = primary.options("owner", "a");
    assert!(open(&alone).await.is_none(), "nothing can take its place");
    primary.replicate_to_standby().await;
    assert!(open(&options).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_may_forget_is_refused() {
    let server = Postgres::start().await;
    server.database("a").await.close().await;
    let options = server.options("owner", "a");
    for setting in ["fsync", "full_page_writes"] {
        let mut owner = server.owner("postgres").await;
        let set = async |owner: &mut sqlx::PgConnection, value: &str| {
            let sql = format!("ALTER SYSTEM SET {setting} = {value}");
            let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
            owner.execute(statement).await.unwrap();
            owner.execute("SELECT pg_reload_conf()").await.unwrap();
        };
        set(&mut owner, "off").await;
        until("it is refused", async || {
            let refused = PostgresStore::open(&options).await.err();
            matches!(refused, Some(StoreError::NotDurable(name)) if name == setting)
        })
        .await;
        set(&mut owner, "on").await;
        until("it is taken", async || {
            PostgresStore::open(&options).await.is_ok()
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashed_is_written_to_again() {
    let mut server = Postgres::start().await;
    let store = server.database("a").await;
    store.commit(&first()).await.unwrap();
    server.crash();
    assert!(store.commit(&group(3, 1)).await.is_err());
    assert!(matches!(
        store.look_again().await,
        Err(StoreError::NoPrimary)
    ));
    server.boot().await;
    assert!(!store.look_again().await.unwrap(), "it is the same server");
    assert_eq!(store.entries(0..9).await.unwrap().len(), 3);
    store.commit(&group(3, 1)).await.unwrap();
    assert_eq!(store.entries(3..9).await.unwrap(), [entry(3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promoted_standby_has_everything_and_its_former_primary_is_left() {
    let mut primary = Postgres::start().await;
    primary.database("a").await.close().await;
    let standby = primary.follow().await;
    primary.replicate_to_standby().await;
    let urls = [standby.url("a"), primary.url("a")];
    let options = PostgresOptions::new(urls.iter().map(String::as_str)).unwrap();
    let store = PostgresStore::open(&options).await.unwrap();
    store.commit(&first()).await.unwrap();
    primary.crash();
    standby.promote();
    assert!(
        store.look_again().await.unwrap(),
        "it found the new primary"
    );
    assert_eq!(store.entries(0..9).await.unwrap().len(), 3);
    store.commit(&group(3, 1)).await.unwrap();

    // What was the primary comes back and knows nothing of it.
    primary.boot().await;
    assert!(!store.look_again().await.unwrap());
    assert_eq!(store.entries(3..9).await.unwrap(), [entry(3)]);
    // It has no standby of its own: whoever starts now must be told that this is known.
    let newcomer = PostgresStore::open(&options).await.err();
    assert!(matches!(newcomer, Some(StoreError::Asynchronous)));
    let options = options.allow_asynchronous(true);
    let newcomer = PostgresStore::open(&options).await.unwrap();
    assert_eq!(newcomer.entries(3..9).await.unwrap(), [entry(3)]);
    // Alone it can confirm nothing, to whoever knows it only.
    let alone = PostgresStore::open(&primary.options("owner", "a")).await;
    assert!(alone.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_module_touches_only_its_own_tables() {
    let server = Postgres::start().await;
    let owners = server.database("a").await;
    owners.commit(&first()).await.unwrap();
    for module in ["registrar", "ballot_box", "log", "board"] {
        let user = format!("CREATE USER {module} IN ROLE hanpyo_{module}");
        server.execute("postgres", &user).await;
    }
    let rolls = "SELECT * FROM registrar.roll_row";
    let codes = "SELECT * FROM tracking_code";
    let voted = "SELECT * FROM current_ballot";
    let head = "UPDATE head SET size = size";
    let lease = "UPDATE lease SET until = until";
    let put = "INSERT INTO registrar.roll_import (time) VALUES (1)";
    let forge = "INSERT INTO credential SELECT election, sha256('a'), 0, '' FROM election";
    for (module, may, may_not) in [
        (
            "registrar",
            &[put, rolls, voted][..],
            &[codes, head, lease, forge][..],
        ),
        (
            "ballot_box",
            &[voted],
            &[rolls, put, codes, head, lease, forge],
        ),
        ("log", &[voted, codes, head, lease], &[rolls, put]),
        ("board", &[voted], &[rolls, put, codes, head, lease, forge]),
    ] {
        // Every module opens the store, that is, reads the log and knows the schema.
        let store = PostgresStore::open(&server.options(module, "a"))
            .await
            .unwrap();
        assert!(store.entries(0..9).await.unwrap().len() >= 3, "{module}");
        let mut user = server.connect(module, "a").await;
        for sql in may {
            user.execute(*sql)
                .await
                .unwrap_or_else(|e| panic!("{module}: {sql}: {e}"));
        }
        for sql in may_not {
            let refused = user.execute(*sql).await.unwrap_err();
            let code = refused.as_database_error().and_then(|e| e.code());
            assert_eq!(code.as_deref(), Some("42501"), "{module}: {sql}");
        }
        let committed = store.commit(&group(3, 1)).await;
        assert_eq!(committed.is_ok(), module == "log", "{module}");
        for sql in [
            "DROP TABLE entry",
            "ALTER TABLE entry DISABLE TRIGGER ALL",
            "TRUNCATE ballot",
        ] {
            assert!(user.execute(sql).await.is_err(), "{module}: {sql}");
        }
    }
}

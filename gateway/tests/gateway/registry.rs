//! The registry of both databases, under one contract.

mod contract;

use crate::world::Postgres;
use gateway::registry::{PostgresRegistry, Registry};
use gateway::store::{PostgresStore, Storage};
use sqlx::Executor;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_registrys_contract() {
    let folder = tempfile::tempdir().unwrap();
    contract::holds(async |name| {
        let folder = folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Registry::open(&folder).await.unwrap()
    })
    .await;
}

/// The registrar's own database user, who may do this and not what is the log's.
async fn as_registrar(server: &Postgres, database: &str) -> Registry {
    let store = PostgresStore::open(&server.options("registrar_1", database)).await;
    Registry::new(PostgresRegistry::new(store.unwrap()))
}

async fn server() -> Postgres {
    let server = Postgres::start().await;
    // The roles come with the first database's schema.
    server.database("first").await.close().await;
    for (user, group) in [
        ("registrar_1", "hanpyo_registrar"),
        ("box_1", "hanpyo_ballot_box"),
        ("log_1", "hanpyo_log"),
        ("board_1", "hanpyo_board"),
    ] {
        let sql = format!("CREATE ROLE {user} LOGIN; GRANT {group} TO {user}");
        server.execute("postgres", &sql).await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_the_registrys_contract() {
    let server = server().await;
    let made = tokio::sync::Mutex::new(std::collections::BTreeSet::new());
    contract::holds(async |name| {
        if made.lock().await.insert(name) {
            server.database(name).await.close().await;
        }
        as_registrar(&server, name).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_registrar_reads_rolls_and_codes() {
    let server = server().await;
    for user in ["box_1", "log_1", "board_1"] {
        let mut connection = server.connect(user, "first").await;
        for table in [
            "roll_row",
            "roll_import",
            "eligibility",
            "confirmation",
            "kiosk_code",
            "provider_transaction",
            "ended_session",
            "self_check",
            "notice",
            "person_namespace",
        ] {
            let sql = format!("SELECT FROM registrar.{table}");
            let query = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
            let error = connection.execute(query).await.unwrap_err();
            let code = error.as_database_error().and_then(|e| e.code());
            assert_eq!(code.as_deref(), Some("42501"), "{user} {table}");
        }
    }
    let mut registrar = server.connect("registrar_1", "first").await;
    for sql in [
        "INSERT INTO hanpyo.entry VALUES (0, 0, 0, '')",
        "UPDATE registrar.roll_row SET class = 0",
        "DELETE FROM registrar.eligibility",
        "UPDATE registrar.person_namespace SET name = 'another'",
        "DELETE FROM registrar.person_namespace",
    ] {
        assert!(registrar.execute(sql).await.is_err(), "{sql}");
    }
}

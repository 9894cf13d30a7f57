//! A damaged data folder is not served.

use crate::world::World;
use gateway::config::IdentityChoice;
use gateway::keys::{KeyRole, write_new};
use gateway::server::{Gateway, Options, StartError};
use gateway::store::Place;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use voting_core::manifest::Document;

/// An election with two ballots, not running.
async fn voted() -> World {
    let (world, running) = World::open(|_| ()).await;
    for ci in ["a", "b"] {
        world
            .voter(&running.api, ci)
            .await
            .vote(&running.api, &[0])
            .await;
    }
    running.stop().await;
    world
}

/// Changes the database by hand, its triggers out of the way.
async fn tamper(world: &World, sql: &'static str) {
    let file = gateway::store::file_in(&world.data());
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    let triggers: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    for (trigger,) in triggers {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
        sqlx::query(drop).execute(&mut connection).await.unwrap();
    }
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(changed.rows_affected() > 0, "{sql}");
    sqlx::Connection::close(connection).await.unwrap();
}

async fn start_error(options: Options) -> String {
    let error: StartError = Gateway::open(options).await.err().unwrap();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_by_hand_is_found_at_start() {
    for (sql, found) in [
        (
            "UPDATE entry SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'ff' AS BLOB)
             WHERE position = (SELECT max(position) FROM entry)",
            "hashes of level 0",
        ),
        (
            "UPDATE entry SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE position = 3",
            "entry 3 does not decode",
        ),
        (
            "UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE position = 11)
             WHERE position = 13",
            "entry 13 does not verify: entry-place",
        ),
        (
            "DELETE FROM entry WHERE position = (SELECT max(position) FROM entry)",
            "table of ballots",
        ),
        (
            "DELETE FROM entry WHERE position = 5",
            "entry 6 does not verify: entry-place",
        ),
        (
            "UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND position = 2",
            "level 0",
        ),
        (
            "UPDATE node SET hash = zeroblob(32) WHERE level = 2 AND position = 1",
            "level 2",
        ),
        (
            "DELETE FROM node WHERE level = 1 AND position = 0",
            "level 1",
        ),
        (
            "UPDATE checkpoint SET note = CAST(replace(CAST(note AS TEXT), 'test', 'tost') AS BLOB)
             WHERE size = (SELECT max(size) FROM checkpoint)",
            "checkpoint",
        ),
        (
            "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)",
            "checkpoint",
        ),
        ("DELETE FROM current_ballot", "current ballots"),
        ("DELETE FROM ballot", "ballots"),
        ("DELETE FROM credential", "credentials"),
        ("UPDATE document SET bytes = x'7b7d'", "manifest"),
        ("UPDATE election SET election = zeroblob(32)", "manifest"),
        ("DELETE FROM election", "no election"),
        ("UPDATE _sqlx_migrations SET checksum = x'00'", "schema"),
    ] {
        let world = voted().await;
        tamper(&world, sql).await;
        let error = start_error(world.options()).await;
        assert!(error.contains(found), "{sql}\n{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_database_file_is_refused() {
    let world = voted().await;
    let file = gateway::store::file_in(&world.data());
    let mut bytes = std::fs::read(&file).unwrap();
    let length = bytes.len();
    bytes[length / 2..length / 2 + 8192].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    start_error(world.options()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_belong_together_does_not_start() {
    let world = voted().await;
    for role in [
        KeyRole::Registrar,
        KeyRole::Log,
        KeyRole::BallotBox,
        KeyRole::Pseudonym,
    ] {
        let file = world.keys_folder().join(format!("{role}.key"));
        let kept = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        write_new(&file, role, &[77; 32]).unwrap();
        let error = start_error(world.options()).await;
        assert!(error.contains(&format!("the {role} key")), "{error}");
        std::fs::write(&file, kept).unwrap();
    }
    let nowhere = Options {
        place: Place::Folder(world.folder.path().join("nowhere")),
        ..world.options()
    };
    assert!(start_error(nowhere).await.contains("does not exist"));
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_made_up_in_demonstrations_only() {
    let real = |document: &mut Document| {
        document.demonstration = false;
        document.small_class_minimum = 3;
    };
    let world = World::create(real).await;
    let mut options = world.options();
    options.config.identity.provider = IdentityChoice::Demonstration;
    let error = start_error(options).await;
    assert!(error.contains("not marked as a demonstration"), "{error}");
    let running = world.start().await;
    assert_eq!(running.api.identify("a").await.problem(), "not-found");
    running.stop().await;
}

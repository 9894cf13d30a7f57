//! Real PostgreSQL servers, each with its own folder, on free ports, stopped when dropped.

use super::lasting_port;
use gateway::store::postgres::PostgresOptions;
use gateway::store::{PostgresStore, StoreError};
use sqlx::{ConnectOptions, Connection, Executor};
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::Duration;
use tempfile::TempDir;

/// Where Debian keeps the servers' programs, newest first.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/18/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
];

/// A server. PostgreSQL refuses to run as root: then it runs as the user `postgres`.
pub(crate) struct Postgres {
    folder: TempDir,
    child: Option<Child>,
    port: u16,
}

impl Postgres {
    /// A new server with an empty data folder.
    pub(crate) async fn start() -> Self {
        let mut server = Self::in_new_folder();
        let data = server.data();
        let options = [
            "--no-sync",
            "--auth=trust",
            "--username=owner",
            "--encoding=UTF8",
        ];
        server.run("initdb", &[&options[..], &["-D", &text(&data)]].concat());
        server.boot().await;
        server
    }

    /// A standby that follows this server, named `standby`, in a folder of its own.
    pub(crate) async fn follow(&self) -> Self {
        let mut standby = Self::in_new_folder();
        let data = text(&standby.data());
        let port = self.port.to_string();
        let from = [
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "owner",
            "--no-sync",
            "-R",
            "-X",
            "stream",
        ];
        standby.run(
            "pg_basebackup",
            &[&from[..], &["-c", "fast", "-D", &data]].concat(),
        );
        let conf = standby.data().join("postgresql.auto.conf");
        let mut settings = std::fs::read_to_string(&conf).unwrap();
        settings.push_str(&format!(
            "\nprimary_conninfo = 'host=127.0.0.1 port={port} user=owner application_name=standby'\n"
        ));
        std::fs::write(&conf, settings).unwrap();
        standby.boot().await;
        standby
    }

    /// Starts the program on this folder, as after a crash if there was one.
    pub(crate) async fn boot(&mut self) {
        let child = self
            .command("postgres")
            .args(["-D", &text(&self.data())])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .arg("-c")
            .arg(format!("port={}", self.port))
            .args(["-c", "unix_socket_directories="])
            .args(["-c", "max_connections=60", "-c", "shared_buffers=32MB"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        for _ in 0..600 {
            if let Ok(connection) = sqlx::PgConnection::connect(&self.url("postgres")).await {
                connection.close().await.unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not let anyone in");
    }

    /// As if the machine had lost its power: no process of the server does anything any more.
    pub(crate) fn crash(&mut self) {
        self.stop_by("QUIT");
    }

    fn stop_by(&mut self, signal: &str) {
        if let Some(mut child) = self.child.take() {
            let pid = child.id().to_string();
            let _ = Command::new("kill").args(["-s", signal, &pid]).status();
            child.wait().unwrap();
        }
    }

    /// From now on a commit waits for the server named `standby`.
    pub(crate) async fn replicate_to_standby(&self) {
        let mut owner = self.owner("postgres").await;
        for sql in [
            "ALTER SYSTEM SET synchronous_standby_names = 'standby'",
            "SELECT pg_reload_conf()",
        ] {
            owner.execute(sql).await.unwrap();
        }
        for _ in 0..600 {
            let found = sqlx::query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'");
            if owner.fetch_optional(found).await.unwrap().is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the standby does not follow");
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["promote", "-w", "-D", &text(&self.data())]);
    }

    pub(crate) fn url(&self, database: &str) -> String {
        self.url_of("owner", database)
    }

    pub(crate) fn url_of(&self, user: &str, database: &str) -> String {
        let port = self.port;
        format!("postgres://{user}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// Runs statements as the owner.
    pub(crate) async fn execute(&self, database: &str, sql: &str) {
        let mut owner = self.owner(database).await;
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        owner.execute(statements).await.unwrap();
        owner.close().await.unwrap();
    }

    pub(crate) async fn owner(&self, database: &str) -> sqlx::PgConnection {
        self.connect("owner", database).await
    }

    pub(crate) async fn connect(&self, user: &str, database: &str) -> sqlx::PgConnection {
        let url = self.url_of(user, database);
        let options = sqlx::postgres::PgConnectOptions::from_str(&url).unwrap();
        let options = options.options([("search_path", "hanpyo")]);
        options.connect().await.unwrap()
    }

    /// A new database with the gateway's schema.
    pub(crate) async fn database(&self, name: &str) -> PostgresStore {
        self.execute("postgres", &format!("CREATE DATABASE {name}"))
            .await;
        let options = self.options("owner", name);
        PostgresStore::migrate(&options).await.unwrap();
        PostgresStore::open(&options).await.unwrap()
    }

    pub(crate) fn options(&self, user: &str, database: &str) -> PostgresOptions {
        let options = PostgresOptions::new([&*self.url_of(user, database)]);
        options.unwrap_or_else(|error: StoreError| panic!("{error}"))
    }

    fn in_new_folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if let Some((user, group)) = other_user() {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        Self {
            folder,
            child: None,
            port: lasting_port(),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program).args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {errors}");
    }

    /// A program of the server, which ends with this thread whatever happens.
    fn command(&self, program: &str) -> Command {
        let file = FOLDERS.iter().map(|f| Path::new(f).join(program));
        let file = file.into_iter().find(|file| file.exists());
        let file = file.expect("PostgreSQL 15 or newer is needed: deploy/check installs it");
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig=QUIT");
        if let Some((user, group)) = other_user() {
            command.args(["--clear-groups", &format!("--reuid={user}")]);
            command.arg(format!("--regid={group}"));
        }
        command.arg(file).current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop_by("QUIT");
    }
}

/// The user that servers run as where the tests run as root.
fn other_user() -> Option<(u32, u32)> {
    let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let id = |flag| {
        let output = Command::new("id")
            .args([flag, "postgres"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.trim().parse().expect("the user postgres")
    };
    root.then(|| (id("-u"), id("-g")))
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

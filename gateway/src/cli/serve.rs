//! `gateway serve`.

use super::logging;
use anyhow::Context;
use clap::Args;
use gateway::clock::SystemClock;
use gateway::config::{Config, ConfigError, Role};
use gateway::keys::KeyFolder;
use gateway::metrics;
use gateway::server::{Gateway, Options};
use gateway::store::Place;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Args)]
pub(crate) struct Serve {
    /// The configuration file; docs/samples/gateway.toml holds every field with its default.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data folder, instead of the configuration's `server.data_folder`.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The folder of the gateway's keys, instead of `server.keys_folder`.
    #[arg(long)]
    keys: Option<PathBuf>,
    /// Where to listen, instead of `server.listen`; port 0 takes a free one, which is printed.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// A module to run, instead of `server.roles`; give as many as are to run. All unless given.
    #[arg(long = "role", value_enum, value_delimiter = ',')]
    roles: Vec<Role>,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let config = self.config()?;
        let _logging = logging::start(&config.log)?;
        // Bound first: a taken port is told before the log has been verified.
        let listener = TcpListener::bind(config.server.listen).await;
        let listener =
            listener.with_context(|| format!("cannot listen on {}", config.server.listen))?;
        let operations = listen_for_operations(&config).await?;
        let stop = stop_signal()?;
        let mut gateway = Gateway::open(options(config)?).await?;
        let mut said = format!("listening on http://{}\n", listener.local_addr()?);
        if let Some(operations) = operations {
            said += &format!("operations on http://{}\n", operations.local_addr()?);
            gateway = gateway.with_operations(operations, Some(metrics::install()?));
        }
        if let Some(address) = gateway.cluster_address() {
            said += &format!("cluster on {address}\n");
        }
        // At one go: whoever started it may read the first line only.
        std::io::stdout().write_all(said.as_bytes())?;
        std::io::stdout().flush()?;
        gateway.serve(listener, stop).await;
        Ok(())
    }

    /// The file, the environment, and over both of them the flags.
    fn config(self) -> Result<Config, ConfigError> {
        let mut config = Config::load(self.config.as_deref())?;
        let server = &mut config.server;
        server.data_folder = self.data.or(server.data_folder.take());
        server.keys_folder = self.keys.or(server.keys_folder.take());
        server.listen = self.listen.unwrap_or(server.listen);
        if !self.roles.is_empty() {
            server.roles = self.roles;
        }
        Ok(config)
    }
}

async fn listen_for_operations(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.server.operations_listen else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on {address}"))?;
    Ok(Some(listener))
}

fn options(config: Config) -> anyhow::Result<Options> {
    let server = &config.server;
    let place = Place::new(&config.database, server.data_folder.clone())?;
    let keys = server.keys_folder.as_ref();
    let keys = keys.context("no folder of keys: give --keys or server.keys_folder")?;
    Ok(Options {
        place,
        keys: KeyFolder::read_for(keys, &config.server.roles)?,
        config,
        clock: Arc::new(SystemClock),
    })
}

/// Resolves at the first SIGTERM or SIGINT.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}

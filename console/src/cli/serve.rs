//! `console serve`.

use anyhow::Context;
use clap::Args;
use console::api::{Console, router};
use console::arrivals::{Arrivals, watch};
use console::clock;
use console::gateway::Gateway;
use console::operations::{self, Operations};
use console::passkeys::Passkeys;
use console::store::Store;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use webauthn_rs::prelude::Url;

#[derive(Args)]
pub(crate) struct Serve {
    /// The data folder; made if it does not exist.
    #[arg(long)]
    data: PathBuf,
    /// The page's web origin: https://staff.example.go.kr, or http://localhost:PORT on one's own
    /// machine. Passkeys are bound to its host.
    #[arg(long)]
    origin: String,
    /// Where to listen: an address of the staff's network. TLS is a proxy's before it.
    #[arg(long)]
    listen: SocketAddr,
    /// The election's gateway, which may be started later.
    #[arg(long)]
    gateway: String,
    /// A gateway's operations address (its `server.operations_listen`), for the dashboard; once for each
    /// gateway.
    #[arg(long = "operations", value_name = "URL")]
    operations: Vec<String>,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let origin = origin(&self.origin)?;
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", self.listen))?;
        let console = Arc::new(Console {
            store: Store::open(&self.data).await?,
            passkeys: Passkeys::new(&origin).context("--origin")?,
            gateway: Gateway::new(&self.gateway).context("--gateway")?,
            arrivals: Arrivals::default(),
            operations: operations(&self.operations)?,
            origin: origin.origin().ascii_serialization(),
            clock: clock::system(),
        });
        println!("listening on http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        let watching = tokio::spawn(watch(console.clone()));
        let asking = tokio::spawn(operations::watch(console.clone()));
        let served = axum::serve(listener, router(console)).with_graceful_shutdown(stop()?);
        served.await?;
        watching.abort();
        asking.abort();
        Ok(())
    }
}

fn operations(addresses: &[String]) -> anyhow::Result<Operations> {
    Operations::new(addresses).map_err(|error| anyhow::anyhow!("--operations: {error}"))
}

/// An origin whose cookies and passkeys a browser keeps safe.
fn origin(text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).context("--origin")?;
    let safe =
        url.scheme() == "https" || (url.scheme() == "http" && url.host_str() == Some("localhost"));
    anyhow::ensure!(
        safe,
        "--origin: https://.., or http://localhost:PORT on one's own machine"
    );
    Ok(url)
}

/// Resolves at the first SIGTERM or SIGINT.
fn stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

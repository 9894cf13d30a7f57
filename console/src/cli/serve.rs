//! `console serve`.

use anyhow::Context;
use clap::Args;
use connections::Bounds;
use console::api::{Console, router};
use console::arrivals::{Arrivals, watch};
use console::clock;
use console::desk::DeskToken;
use console::gateway::Gateway;
use console::oidc::Oidc;
use console::operations::{self, Operations};
use console::passkeys::Passkeys;
use console::store::Store;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use webauthn_rs::prelude::Url;
use zeroize::Zeroizing;

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
    /// A file that holds the token of a desk (`gateway desk-token`), which managers and clerks open
    /// from here.
    #[arg(long, value_name = "FILE")]
    desk_token: Option<PathBuf>,
    /// A gateway's operations address (its `server.operations_listen`), for the dashboard; once for each
    /// gateway.
    #[arg(long = "operations", value_name = "URL")]
    operations: Vec<String>,
    /// The office's OpenID provider, as another way to sign in; signing an act takes a passkey.
    #[arg(long, value_name = "URL", requires = "oidc_client_id")]
    oidc_issuer: Option<String>,
    /// What this console is called there; its return address is ORIGIN/openid.
    #[arg(long, value_name = "ID", requires = "oidc_issuer")]
    oidc_client_id: Option<String>,
    /// A file that holds the client's secret; a public client has none.
    #[arg(long, value_name = "FILE", requires = "oidc_issuer")]
    oidc_client_secret_file: Option<PathBuf>,
}

/// The most bytes of a secret's file.
const MAX_SECRET: u64 = 4_096;
/// An office has tens of people; a stop waits for an import that is under way.
const BOUNDS: Bounds = Bounds {
    most: 1_000,
    header_timeout: Duration::from_secs(10),
    write_timeout: Duration::from_secs(30),
    drain_timeout: Duration::from_secs(30),
};

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let origin = origin(&self.origin)?;
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", self.listen))?;
        let console = Arc::new(Console {
            store: Store::open(&self.data).await?,
            passkeys: Passkeys::new(&origin).context("--origin")?,
            oidc: self.oidc(&origin)?,
            gateway: Gateway::new(&self.gateway).context("--gateway")?,
            desk: self.desk()?,
            arrivals: Arrivals::default(),
            operations: operations(&self.operations)?,
            origin: origin.origin().ascii_serialization(),
            clock: clock::system(),
        });
        println!("listening on http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        let watching = tokio::spawn(watch(console.clone()));
        let asking = tokio::spawn(operations::watch(console.clone()));
        connections::serve(listener, router(console), BOUNDS, stop()?).await;
        watching.abort();
        asking.abort();
        Ok(())
    }

    fn desk(&self) -> anyhow::Result<Option<DeskToken>> {
        let token = self.desk_token.as_deref().map(secret).transpose()?;
        let empty = token.as_ref().is_some_and(String::is_empty);
        anyhow::ensure!(!empty, "--desk-token: the file is empty");
        Ok(token.map(DeskToken::new))
    }

    fn oidc(&self, origin: &Url) -> anyhow::Result<Option<Oidc>> {
        let (Some(issuer), Some(client)) = (&self.oidc_issuer, &self.oidc_client_id) else {
            return Ok(None);
        };
        let secret = self.oidc_client_secret_file.as_deref().map(secret);
        let origin = origin.origin().ascii_serialization();
        let oidc = Oidc::new(issuer, client, secret.transpose()?, &origin);
        Ok(Some(oidc.context("--oidc-issuer")?))
    }
}

fn secret(file: &Path) -> anyhow::Result<String> {
    let mut text = Zeroizing::new(String::new());
    let opened = std::fs::File::open(file).and_then(|opened| {
        let mut bounded = opened.take(MAX_SECRET);
        bounded.read_to_string(&mut text)
    });
    opened.with_context(|| file.display().to_string())?;
    Ok(text.trim_end().to_owned())
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

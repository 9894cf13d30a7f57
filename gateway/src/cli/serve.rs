//! `gateway serve`.

use anyhow::Context;
use clap::{Args, ValueEnum};
use gateway::clock::SystemClock;
use gateway::keys::KeyFolder;
use gateway::server::{Gateway, IdentityChoice, Options};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Args)]
pub(crate) struct Serve {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// The folder of the gateway's keys.
    #[arg(long)]
    keys: PathBuf,
    /// Where to listen; port 0 takes a free one, which is printed.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A demonstration's roll file.
    #[arg(long)]
    roll: Option<PathBuf>,
    /// Who says who people are.
    #[arg(long, value_enum, default_value_t = Identity::Automatic)]
    identity: Identity,
    /// How long a session is valid, in minutes.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1440))]
    session_minutes: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Identity {
    /// The demonstration's where the manifest is one, otherwise none.
    Automatic,
    /// The demonstration's, or the gateway does not start.
    Demonstration,
    /// None.
    None,
}

impl Serve {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        // Bound first: a taken port is told before the log has been verified.
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", self.listen))?;
        let stop = stop_signal()?;
        let gateway = Gateway::open(self.options()?).await?;
        println!("listening on http://{}", listener.local_addr()?);
        std::io::stdout().flush()?;
        gateway.serve(listener, stop).await?;
        Ok(())
    }

    fn options(&self) -> anyhow::Result<Options> {
        Ok(Options {
            data: self.data.clone(),
            keys: KeyFolder::read(&self.keys)?,
            roll: self.roll.clone(),
            identity: match self.identity {
                Identity::Automatic => IdentityChoice::Automatic,
                Identity::Demonstration => IdentityChoice::Demonstration,
                Identity::None => IdentityChoice::None,
            },
            session_length: Duration::from_secs(60 * self.session_minutes),
            clock: Arc::new(SystemClock),
        })
    }
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

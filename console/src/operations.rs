//! How each gateway is, from the address that it answers whoever runs it on (docs/GATEWAY.md).
//!
//! ```text
//! GET /readyz    200, or 503 and why
//! GET /metrics   Prometheus text, of which the names in `sample` are read
//! ```
//!
//! Counts of requests, depths of queues, times: nothing there says anything of a person or of a
//! project, and the numbers of ballots are not read at all.

mod sample;

pub use sample::{MAX_TEXT, Sample};

use crate::api::Shared;
use reqwest::Url;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// How often each gateway is asked.
const EVERY: Duration = Duration::from_secs(10);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The samples of a minute, with the one it begins with.
const SAMPLES: usize = 7;
/// The most bytes of why a gateway is not ready.
const MAX_REASON: usize = 200;

/// An address that no gateway can be asked at.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("an operations address is http://HOST:PORT or https://.., without a name or a password")]
pub struct AddressError;

/// Whether requests should be sent to a gateway, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Readiness {
    /// They should.
    Ready,
    /// Not now, and why.
    NotReady(String),
    /// It does not answer.
    Unreachable,
}

/// The gateways that are watched.
pub struct Operations {
    http: reqwest::Client,
    gateways: Vec<Watched>,
}

struct Watched {
    base: Url,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    readiness: Option<Readiness>,
    samples: VecDeque<Sample>,
}

/// One gateway, for the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Host and port.
    pub address: String,
    /// `None` until it was asked.
    pub readiness: Option<Readiness>,
    /// What it measured last; `None` where it does not say.
    pub now: Option<Sample>,
    /// Within so many ms the log answered 99 of 100 requests of the last minute; `None` where there
    /// were none or more took longer than the greatest bound.
    pub log_lag_ms: Option<u64>,
    /// Refusals by reason, the most frequent of the last minute first.
    pub refused: Vec<Refused>,
}

/// Requests refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The problem's name.
    pub reason: String,
    /// In the last minute.
    pub last_minute: u64,
    /// Since the gateway started.
    pub since_start: u64,
}

impl Operations {
    /// The gateways at these addresses.
    ///
    /// # Errors
    /// [`AddressError`], or the client's own.
    pub fn new(addresses: &[String]) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let http = reqwest::Client::builder().timeout(PATIENCE);
        let http = http.redirect(reqwest::redirect::Policy::none()).build()?;
        let watched = |address: &String| {
            let kept = Mutex::default();
            Ok(Watched {
                base: base(address)?,
                kept,
            })
        };
        let gateways = addresses.iter().map(watched);
        Ok(Self {
            http,
            gateways: gateways.collect::<Result<_, AddressError>>()?,
        })
    }

    /// Asks every gateway once.
    pub async fn ask(&self, now: u64) {
        for gateway in &self.gateways {
            let readiness = self.readiness(&gateway.base).await;
            let text = self.get(&gateway.base, "metrics", MAX_TEXT).await;
            let sample = text.and_then(|(_, text)| Sample::read(&text, now));
            gateway.keep(readiness, sample);
        }
    }

    /// Every gateway, in the order they were given.
    #[must_use]
    pub fn health(&self) -> Vec<Health> {
        self.gateways.iter().map(Watched::health).collect()
    }

    async fn readiness(&self, base: &Url) -> Readiness {
        match self.get(base, "readyz", MAX_REASON).await {
            Some((true, _)) => Readiness::Ready,
            Some((false, why)) => Readiness::NotReady(why.trim().to_owned()),
            None => Readiness::Unreachable,
        }
    }

    /// An answer's success and text; `None` if there is none of at most so many bytes.
    async fn get(&self, base: &Url, path: &str, most: usize) -> Option<(bool, String)> {
        let request = self.http.get(base.join(path).ok()?).send().await;
        let mut response = request.ok()?;
        let success = response.status().is_success();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.ok()? {
            if bytes.len() + chunk.len() > most {
                return None;
            }
            bytes.extend_from_slice(&chunk);
        }
        Some((success, String::from_utf8(bytes).ok()?))
    }
}

/// An address with nothing in it that must not be shown.
fn base(address: &str) -> Result<Url, AddressError> {
    let url = Url::parse(address).map_err(|_| AddressError)?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.path() == "/";
    if plain { Ok(url) } else { Err(AddressError) }
}

impl Watched {
    fn keep(&self, readiness: Readiness, sample: Option<Sample>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.readiness = Some(readiness);
        let Some(sample) = sample else {
            kept.samples.clear();
            return;
        };
        // A gateway that was started anew counts from 0 again, and so does the minute.
        if kept
            .samples
            .back()
            .is_some_and(|last| !sample.continues(last))
        {
            kept.samples.clear();
        }
        kept.samples.push_back(sample);
        while kept.samples.len() > SAMPLES {
            kept.samples.pop_front();
        }
    }

    fn health(&self) -> Health {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, last) = (kept.samples.front(), kept.samples.back());
        let both = first.zip(last);
        let mut refused = both.map_or_else(Vec::new, |(first, last)| last.refused_since(first));
        refused.sort_by_key(|r| (std::cmp::Reverse(r.last_minute), r.reason.clone()));
        Health {
            address: address(&self.base),
            readiness: kept.readiness.clone(),
            now: last.cloned(),
            log_lag_ms: both.and_then(|(first, last)| last.lag_since(first)),
            refused,
        }
    }
}

fn address(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Asks again and again, until the task is dropped.
pub async fn watch(console: Shared) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        console.operations.ask(console.now().get()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_nothing_that_must_not_be_shown() {
        for address in [
            "http://user:pass@10.0.0.1:9100",
            "http://10.0.0.1:9100/?token=x",
            "http://10.0.0.1/deep",
            "ftp://10.0.0.1",
            "10.0.0.1:9100",
        ] {
            assert!(base(address).is_err(), "{address}");
        }
        let url = base("http://10.0.0.1:9100").unwrap();
        assert_eq!(address(&url), "10.0.0.1:9100");
    }

    #[test]
    fn a_gateway_that_starts_anew_begins_the_minute_anew() {
        let watched = Watched {
            base: base("http://127.0.0.1:9100").unwrap(),
            kept: Mutex::default(),
        };
        assert_eq!(watched.health().readiness, None);
        let sample = |n: u64| {
            let text = format!("hanpyo_refused_total{{reason=\"late\"}} {n}\n");
            Sample::read(&text, n)
        };
        for n in [3, 5, 9] {
            watched.keep(Readiness::Ready, sample(n));
        }
        let refused = |last_minute, since_start| {
            let reason = "late".to_owned();
            vec![Refused {
                reason,
                last_minute,
                since_start,
            }]
        };
        assert_eq!(watched.health().refused, refused(6, 9));
        watched.keep(Readiness::Ready, sample(1));
        assert_eq!(watched.health().refused, refused(0, 1));
        watched.keep(Readiness::Unreachable, None);
        let gone = watched.health();
        assert_eq!(
            (gone.readiness, gone.now),
            (Some(Readiness::Unreachable), None)
        );
    }
}

//! Sending a plan: every request at its time, whether the ones before were answered or not.

use super::plan::{Plan, Sent, Shot, micros};
use super::pool::{Pool, PoolError};
use crate::clock::Stopwatch;
use crate::http::{Http, HttpError};
use rand::RngExt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use voting_core::cast::CastBallot;
use voting_core::codec::Decode;

/// Where the flood comes from: an address for examples (RFC 5737).
const FLOODER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
/// How many carriers' shared addresses everyone else comes from, each in a /24 of its own.
const CARRIERS: u8 = 64;
/// How often a lossy client hangs up, and after how long at most.
const LOSSES: usize = 3;
const LONGEST_WAIT: Duration = Duration::from_millis(60);
/// How long it waits before it sends again.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a client who does not give up goes on.
const PERSISTENCE: Duration = Duration::from_secs(30);
/// The bytes of a request of noise.
const NOISE: usize = 11_000;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A receipt's bytes.
    Receipt(Vec<u8>),
    /// A refusal: HTTP status, the last part of the problem's type, and a receipt in it.
    Refused(u16, String, Option<Vec<u8>>),
    /// No answer.
    Failed,
}

impl Answer {
    fn of(result: Result<Vec<u8>, HttpError>) -> Self {
        match result {
            Ok(bytes) => Self::Receipt(bytes),
            Err(HttpError::Refused(refused)) => {
                Self::Refused(refused.status, refused.kind, refused.receipt)
            }
            Err(_) => Self::Failed,
        }
    }

    /// Whether the same bytes may do better a little later.
    fn may_pass(&self) -> bool {
        match self {
            Self::Receipt(_) => false,
            // A proxy says 502 and 504 of a gateway that it lost.
            Self::Refused(status, ..) => matches!(status, 429 | 502 | 503 | 504),
            Self::Failed => true,
        }
    }
}

/// A request that was sent, and everything that came back: several answers where it was sent
/// several times, the last one last.
#[derive(Clone, Debug)]
pub struct Fired {
    /// When it was to be sent, and what.
    pub shot: Shot,
    /// From the time it was to be sent to its last answer, in microseconds.
    pub latency_us: u64,
    /// What came back.
    pub answers: Vec<Answer>,
}

impl Fired {
    /// When its last answer came, in microseconds after the start of the phase.
    #[must_use]
    pub const fn end_us(&self) -> u64 {
        self.shot.at_us + self.latency_us
    }
}

/// Whether a voter's device sends again what was refused for the moment or not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Once: what is measured is what the gateway answers.
    Once,
    /// Until it is answered: what is measured is how long a voter waits.
    UntilAnswered,
}

/// Connections to the gateways, and what is sent over them. Addresses are those of
/// `X-Forwarded-For`: the gateways that a run starts believe it, so their ceilings are in every figure.
pub(super) struct Gun {
    /// By gateway and carrier.
    voters: Vec<Vec<Http>>,
    /// By gateway.
    flooder: Vec<Http>,
    pool: Arc<Pool>,
    connections: Semaphore,
    flooding: Semaphore,
    persistence: Persistence,
}

impl Gun {
    /// At most so many connections at once for voters, and as many for everyone else; they are kept
    /// alive. With a certificate it alone is trusted.
    ///
    /// # Errors
    /// [`HttpError`] if no client can be made.
    pub(super) fn new(
        urls: &[String],
        certificate: Option<&[u8]>,
        pool: Arc<Pool>,
        connections: usize,
        persistence: Persistence,
    ) -> Result<Self, HttpError> {
        let client = |url: &String| Http::trusting(url, Duration::ZERO, certificate);
        let (mut voters, mut flooder) = (Vec::new(), Vec::new());
        for url in urls {
            let gateway = client(url)?;
            let of = |carrier| gateway.clone().forwarded_for(carrier);
            voters.push(carriers().map(of).collect());
            flooder.push(client(url)?.forwarded_for(FLOODER));
        }
        Ok(Self {
            voters,
            flooder,
            pool,
            connections: Semaphore::new(connections),
            flooding: Semaphore::new(connections),
            persistence,
        })
    }

    /// Sends all of a plan and waits for every answer.
    ///
    /// # Errors
    /// [`FireError`] if a ballot cannot be read.
    pub(super) async fn fire(self: &Arc<Self>, plan: &Plan) -> Result<Vec<Fired>, FireError> {
        let (start, since) = (Instant::now(), Stopwatch::start());
        let mut tasks = JoinSet::new();
        for &shot in plan.shots() {
            sleep_until(start + Duration::from_micros(shot.at_us)).await;
            let gun = self.clone();
            tasks.spawn(async move {
                let answers = gun.send(shot.sent).await?;
                // Counted from the planned time: a request that was late counts its lateness.
                let latency_us = micros(since.elapsed()).saturating_sub(shot.at_us);
                Ok::<_, FireError>(Fired {
                    shot,
                    latency_us,
                    answers,
                })
            });
        }
        let mut fired = Vec::with_capacity(plan.shots().len());
        while let Some(ended) = tasks.join_next().await {
            fired.push(ended??);
        }
        fired.sort_by_key(|fired| fired.shot.at_us);
        Ok(fired)
    }

    async fn send(&self, sent: Sent) -> Result<Vec<Answer>, FireError> {
        Ok(match sent {
            Sent::Ballot(place) => self.vote(place).await?,
            Sent::Lossy(place) => self.lose(place).await?,
            Sent::Rival(place) => {
                let _connection = self.connections.acquire().await;
                let bytes = self.pool.bytes(place)?;
                vec![self.once(self.any_gateway(), place, bytes).await]
            }
            Sent::BadProof(place) | Sent::Replay(place) | Sent::Second(place) => {
                vec![self.attack(place, self.pool.bytes(place)?).await]
            }
            Sent::BadSignature(place) => {
                let bytes = with_bad_signature(&self.pool.bytes(place)?);
                vec![self.attack(place, bytes).await]
            }
            Sent::Noise => vec![self.flood(noise()).await],
        })
    }

    async fn vote(&self, place: usize) -> Result<Vec<Answer>, PoolError> {
        let bytes = self.pool.bytes(place)?;
        if self.persistence == Persistence::UntilAnswered {
            return Ok(vec![self.insist(place, &bytes).await]);
        }
        let _connection = self.connections.acquire().await;
        Ok(vec![self.once(place, place, bytes).await])
    }

    /// Hangs up some times, then sends the same bytes twice at once and waits for both answers.
    async fn lose(&self, place: usize) -> Result<Vec<Answer>, PoolError> {
        let bytes = self.pool.bytes(place)?;
        let mut answers = Vec::new();
        for _ in 0..LOSSES {
            let wait = rand::rng().random_range(0..micros(LONGEST_WAIT));
            let connection = self.connections.acquire().await;
            let sending = self.once(place, place, bytes.clone());
            if let Ok(answer) = timeout(Duration::from_micros(wait), sending).await {
                answers.push(answer);
            }
            drop(connection);
            sleep(PAUSE).await;
        }
        let (one, other) = tokio::join!(self.insist(place, &bytes), self.insist(place, &bytes));
        answers.extend([one, other]);
        Ok(answers)
    }

    async fn insist(&self, place: usize, bytes: &[u8]) -> Answer {
        let since = Stopwatch::start();
        // Another gateway each time: the one before may be gone.
        for attempt in self.any_gateway().. {
            let connection = self.connections.acquire().await;
            let gateway = place.wrapping_add(attempt);
            let answer = self.once(gateway, place, bytes.to_vec()).await;
            drop(connection);
            if !answer.may_pass() || since.elapsed() > PERSISTENCE {
                return answer;
            }
            sleep(PAUSE).await;
        }
        Answer::Failed
    }

    async fn once(&self, gateway: usize, place: usize, bytes: Vec<u8>) -> Answer {
        match self.voters.get(gateway % self.voters.len().max(1)) {
            Some(carriers) => post(carriers, place, bytes).await,
            None => Answer::Failed,
        }
    }

    /// Whoever has a credential attacks from behind the same carriers as everybody.
    async fn attack(&self, place: usize, bytes: Vec<u8>) -> Answer {
        let _connection = self.flooding.acquire().await;
        self.once(place, place, bytes).await
    }

    async fn flood(&self, bytes: Vec<u8>) -> Answer {
        let _connection = self.flooding.acquire().await;
        post(&self.flooder, self.any_gateway(), bytes).await
    }

    fn any_gateway(&self) -> usize {
        rand::rng().random_range(0..self.voters.len().max(1))
    }
}

/// Why a plan could not be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum FireError {
    /// A ballot cannot be read.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A task ended without an answer.
    #[error("a task ended without an answer")]
    Task(#[from] tokio::task::JoinError),
}

/// The carriers' shared addresses: from a network that is for measurements (RFC 2544).
pub(super) fn carriers() -> impl Iterator<Item = IpAddr> {
    (0..CARRIERS).map(|n| IpAddr::V4(Ipv4Addr::new(198, 18, n, 1)))
}

/// Over the n-th client, counted round.
async fn post(clients: &[Http], n: usize, bytes: Vec<u8>) -> Answer {
    match clients.get(n % clients.len().max(1)) {
        Some(client) => Answer::of(client.post_bytes("/api/v1/ballots", None, bytes).await),
        None => Answer::Failed,
    }
}

/// The voter's signature is the 64 bytes before the ballot and its length.
fn with_bad_signature(cast: &[u8]) -> Vec<u8> {
    let mut bytes = cast.to_vec();
    let ballot = CastBallot::from_bytes(cast).map_or(0, |cast| cast.ballot().len());
    let first = bytes.len().saturating_sub(ballot + 4 + 64);
    if let Some(byte) = bytes.get_mut(first) {
        *byte ^= 1;
    }
    bytes
}

fn noise() -> Vec<u8> {
    let mut bytes = vec![0; NOISE];
    rand::rng().fill(&mut bytes[..]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use voting_core::codec::Encode;
    use voting_core::ids::ElectionId;

    #[test]
    fn only_what_is_refused_for_the_moment_may_pass() {
        let refused = |status| Answer::Refused(status, String::new(), None);
        assert!(
            [429, 502, 503, 504]
                .iter()
                .all(|&status| refused(status).may_pass())
        );
        assert!(Answer::Failed.may_pass());
        assert!(!refused(409).may_pass() && !Answer::Receipt(Vec::new()).may_pass());
    }

    #[test]
    fn nobody_comes_from_this_machines_own_addresses_nor_from_where_the_flood_does() {
        let carriers: Vec<IpAddr> = carriers().collect();
        assert!(
            carriers
                .iter()
                .all(|from| !from.is_loopback() && *from != FLOODER)
        );
        assert!(carriers.is_sorted_by(|a, b| a < b) && !FLOODER.is_loopback());
    }

    #[test]
    fn the_signature_alone_is_made_bad() {
        let cast = crate::load::testing::cast(1);
        let bad = CastBallot::from_bytes(&with_bad_signature(&cast.to_bytes())).unwrap();
        assert_eq!(
            (bad.ballot(), &bad.credential),
            (cast.ballot(), &cast.credential)
        );
        let election = ElectionId::new([1; 32]);
        cast.verify_signature(&election).unwrap();
        bad.verify_signature(&election).unwrap_err();
    }
}

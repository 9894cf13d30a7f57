//! What one ballot costs, on one core.

#![allow(
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    reason = "durations are measured and printed here; no vote or amount is"
)]

use anyhow::ensure;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde::Serialize;
use std::hint::black_box;
use std::time::{Duration, Instant};
use voting_core::ballot::{
    Ballot, BallotParameters, BallotShape, BallotVerifier, Choices, Limit, SealSeeds,
    VoterIdentity, seal,
};
use voting_core::cast::CastBallot;
use voting_core::credential::Credential;
use voting_core::group::{CompressedRistretto, Point, Scalar};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, Sequence, Serial};
use voting_core::keys::SecretKey;

/// Options of the measurement.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many projects are on the ballot.
    #[arg(long, default_value_t = 100)]
    options: u32,
    /// How many may be picked at most.
    #[arg(long, default_value_t = 10)]
    max: u32,
    /// How often each figure is taken; the least is printed.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The figures on one core; each time is the least of its rounds, since what other programs on the
/// machine add is not the ballot's cost.
#[derive(Serialize)]
struct Figures {
    options: u32,
    max: u32,
    ballot_bytes: usize,
    /// Sealing: encryption and proof.
    prove_ms: f64,
    /// Decoding and verifying one ballot alone.
    verify_single_ms: f64,
    /// Decoding and verifying, a ballot in a batch of 64.
    verify_batch64_ms: f64,
    /// Decoding and verifying, a ballot in a batch of 256.
    verify_batch256_ms: f64,
    /// The same with the credential's and the voter's signature.
    admit_batch256_ms: f64,
    /// Decompressing one point.
    decompress_us: f64,
    /// `verify_batch256_ms` over the time to decompress `2 x options` points.
    floor_ratio: f64,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    ensure!(arguments.rounds > 0, "--rounds is at least 1");
    let figures = measure(arguments)?;
    if arguments.json {
        println!("{}", serde_json::to_string(&figures)?);
    } else {
        print(&figures);
    }
    Ok(())
}

fn print(f: &Figures) {
    println!(
        "{} options, at most {}: {} bytes a ballot",
        f.options, f.max, f.ballot_bytes
    );
    println!("seal                    {:8.3} ms", f.prove_ms);
    println!("verify alone            {:8.3} ms", f.verify_single_ms);
    println!(
        "verify, batch of 64     {:8.3} ms a ballot",
        f.verify_batch64_ms
    );
    println!(
        "verify, batch of 256    {:8.3} ms a ballot",
        f.verify_batch256_ms
    );
    println!(
        "  with both signatures  {:8.3} ms a ballot",
        f.admit_batch256_ms
    );
    println!("decompress a point      {:8.3} us", f.decompress_us);
    println!("batch of 256 / floor    {:8.3}", f.floor_ratio);
}

/// An election of one limit and a voter with a valid credential.
pub(crate) struct Bench {
    params: BallotParameters,
    registrar: SecretKey,
    key: SecretKey,
    credential: Credential,
    chosen: Vec<u32>,
}

impl Bench {
    pub(crate) fn new(options: u32, max: u32) -> anyhow::Result<Self> {
        let limit = Limit {
            members: (0..options).collect(),
            min: 0,
            max,
        };
        let shape = BallotShape::new(options as usize, vec![limit])?;
        let election = ElectionId::new([1; 32]);
        let h = Point::mul_base(&Scalar::from(7u8));
        let (registrar, key) = (
            SecretKey::from_seed(&[2; 32]),
            SecretKey::from_seed(&[3; 32]),
        );
        let voter = VoterIdentity {
            pseudonym: Pseudonym::new([4; 32]),
            class: ClassIndex::new(0),
            key: key.verify_key(),
        };
        let credential = Credential::issue(&registrar, &election, voter, Serial::new(0));
        let params = BallotParameters::new(election, h, shape);
        Ok(Self {
            params,
            registrar,
            key,
            credential,
            chosen: (0..max).collect(),
        })
    }

    pub(crate) fn seal(&self) -> anyhow::Result<Vec<u8>> {
        let choices = Choices::new(&self.params.shape, &self.chosen)?;
        let seeds = SealSeeds::generate(&mut UnwrapErr(SysRng));
        Ok(seal(&self.params, &self.credential.voter, &choices, &seeds)
            .bytes()
            .to_vec())
    }

    pub(crate) fn verify(&self, ballots: &[Vec<u8>]) -> anyhow::Result<()> {
        let decode = |bytes: &Vec<u8>| Ballot::decode(&self.params.shape, bytes);
        let decoded = ballots.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let items: Vec<_> = decoded.iter().map(|b| (self.credential.voter, b)).collect();
        let results = BallotVerifier::new(&self.params).verify(&items, &mut UnwrapErr(SysRng));
        ensure!(
            results.iter().all(Result::is_ok),
            "a good ballot was refused"
        );
        Ok(())
    }

    fn admit(&self, casts: &[CastBallot]) -> anyhow::Result<()> {
        let election = &self.params.election;
        let registrar = self.registrar.verify_key();
        for cast in casts {
            cast.credential.verify(election, &registrar, None)?;
            cast.verify_signature(election)?;
        }
        let ballots: Vec<_> = casts.iter().map(|cast| cast.ballot().to_vec()).collect();
        self.verify(&ballots)
    }

    fn cast(&self, ballot: &[u8]) -> CastBallot {
        let place = (Sequence::new(0), None);
        let credential = self.credential.clone();
        CastBallot::sign(
            &self.key,
            &self.params.election,
            credential,
            place,
            ballot.to_vec(),
        )
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let bench = Bench::new(arguments.options, arguments.max)?;
    let ballots = (0..256)
        .map(|_| bench.seal())
        .collect::<anyhow::Result<Vec<_>>>()?;
    let casts: Vec<_> = ballots.iter().map(|ballot| bench.cast(ballot)).collect();
    let points: Vec<_> = (ballots.iter())
        .flat_map(|b| b[1..=64 * arguments.options as usize].chunks_exact(32))
        .map(CompressedRistretto::from_slice)
        .collect::<Result<_, _>>()?;

    // Interleaved, so that a slow moment of the machine falls on every figure alike.
    let mut times: [Vec<Duration>; 6] = Default::default();
    for _ in 0..arguments.rounds {
        times[0].push(time(|| bench.seal().map(drop))?);
        times[1].push(time(|| bench.verify(&ballots[..1]))?);
        times[2].push(time(|| bench.verify(&ballots[..64]))? / 64);
        times[3].push(time(|| bench.verify(&ballots))? / 256);
        times[4].push(time(|| bench.admit(&casts))? / 256);
        times[5].push(time(|| {
            ensure!(
                points.iter().all(|p| black_box(p).decompress().is_some()),
                "a bad point"
            );
            Ok(())
        })?);
    }
    let [prove, single, batch64, batch256, admit, all_points] = times.map(least_ms);
    let decompress_ms = all_points / points.len() as f64;
    Ok(Figures {
        options: arguments.options,
        max: arguments.max,
        ballot_bytes: ballots[0].len(),
        prove_ms: prove,
        verify_single_ms: single,
        verify_batch64_ms: batch64,
        verify_batch256_ms: batch256,
        admit_batch256_ms: admit,
        decompress_us: decompress_ms * 1000.0,
        floor_ratio: batch256 / (decompress_ms * f64::from(2 * arguments.options)),
    })
}

fn time(work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn least_ms(times: Vec<Duration>) -> f64 {
    times.into_iter().min().unwrap_or_default().as_secs_f64() * 1000.0
}

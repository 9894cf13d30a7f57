//! A ballot's life: sealing, verifying alone and in batches, summing.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench is no library and may panic"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use voting_core::ballot::{
    Ballot, BallotParameters, BallotShape, BallotVerifier, Choices, Limit, SealSeeds,
    VoterIdentity, seal,
};
use voting_core::decryption::CiphertextSums;
use voting_core::group::{Point, Scalar};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym};
use voting_core::keys::SecretKey;

const OPTIONS: u32 = 100;

fn parameters() -> BallotParameters {
    let limit = Limit {
        members: (0..OPTIONS).collect(),
        min: 0,
        max: 10,
    };
    let shape = BallotShape::new(OPTIONS as usize, vec![limit]).unwrap();
    BallotParameters::new(
        ElectionId::new([1; 32]),
        Point::mul_base(&Scalar::from(7u8)),
        shape,
    )
}

fn voter() -> VoterIdentity {
    let key = SecretKey::from_seed(&[3; 32]).verify_key();
    VoterIdentity {
        pseudonym: Pseudonym::new([4; 32]),
        class: ClassIndex::new(0),
        key,
    }
}

fn sealed(params: &BallotParameters) -> Vec<u8> {
    let choices = Choices::new(&params.shape, &[1, 5, 9, 40]).unwrap();
    let seeds = SealSeeds::generate(&mut UnwrapErr(SysRng));
    seal(params, &voter(), &choices, &seeds).bytes().to_vec()
}

fn verify(params: &BallotParameters, ballots: &[Vec<u8>]) {
    assert_eq!(refused(params, ballots), 0);
}

/// How many are refused.
fn refused(params: &BallotParameters, ballots: &[Vec<u8>]) -> usize {
    let decode = |bytes: &Vec<u8>| Ballot::decode(&params.shape, bytes).unwrap();
    let ballots: Vec<_> = ballots.iter().map(decode).collect();
    let items: Vec<_> = ballots.iter().map(|ballot| (voter(), ballot)).collect();
    let results = BallotVerifier::new(params).verify(&items, &mut UnwrapErr(SysRng));
    results.iter().filter(|result| result.is_err()).count()
}

fn sealing(c: &mut Criterion) {
    let params = parameters();
    c.bench_function("ballot/seal", |b| b.iter(|| sealed(&params)));
}

fn verifying(c: &mut Criterion) {
    let params = parameters();
    let ballots: Vec<_> = (0..256).map(|_| sealed(&params)).collect();
    let mut group = c.benchmark_group("ballot/verify");
    group.sample_size(10);
    for size in [1, 16, 64, 256] {
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(size.to_string(), |b| {
            b.iter(|| verify(&params, &ballots[..size]))
        });
    }
    group.finish();
}

/// A batch of 64 with bad ballots in it, spread evenly: what their senders can make others pay.
fn verifying_bad(c: &mut Criterion) {
    let params = parameters();
    let ballots: Vec<_> = (0..64).map(|_| sealed(&params)).collect();
    let mut group = c.benchmark_group("ballot/verify-64-with-bad");
    group.sample_size(10);
    for bad in [0, 1, 2, 4, 8, 64] {
        let mut batch = ballots.clone();
        for ballot in batch.iter_mut().step_by(64 / bad.max(1)).take(bad) {
            // Another z_E: well-formed, every limit holds, and only the equations do not.
            let lowest = ballot.len() - 32;
            ballot[lowest] ^= 1;
        }
        group.bench_function(bad.to_string(), |b| {
            b.iter(|| assert_eq!(refused(&params, &batch), bad));
        });
    }
    group.finish();
}

fn summing(c: &mut Criterion) {
    let params = parameters();
    let ballot = Ballot::decode(&params.shape, &sealed(&params)).unwrap();
    let empty = || CiphertextSums::new(OPTIONS as usize).unwrap();
    c.bench_function("ballot/sum", |b| {
        b.iter_batched_ref(
            empty,
            |sums| sums.add(ballot.ciphertexts()),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, sealing, verifying, verifying_bad, summing);
criterion_main!(benches);

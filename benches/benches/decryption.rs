//! After the close: a trustee's share, its verification, and the totals.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench is no library and may panic"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use voting_core::audit::testing::TestElection;
use voting_core::decryption::{Combiner, DlogTable, prove};
use voting_core::group::{Point, Scalar};
use voting_core::manifest::testing::manifest;

fn decrypting(c: &mut Criterion) {
    let mut election = TestElection::open(manifest(100, 10), UnwrapErr(SysRng));
    for n in 0..3 {
        let voter = election.register(n, 1);
        election.cast(&voter, &[1, 5, 9]);
    }
    election.close();
    let keys = election.state.public_keys().unwrap();
    let group = election.state.grouping().unwrap().groups[0].id;
    let shares = election.state.shares().unwrap();
    let statement = shares
        .statement(election.state.election(), keys, group)
        .unwrap();
    let mut rng = UnwrapErr(SysRng);
    let share = |rng: &mut _, n: usize| prove(rng, &election.key_shares[n], &statement).unwrap();
    let (first, second) = (share(&mut rng, 0), share(&mut rng, 1));

    c.bench_function("decryption/share", |b| b.iter(|| share(&mut rng, 0)));
    c.bench_function("decryption/verify", |b| {
        b.iter(|| first.verify(&statement).unwrap())
    });
    c.bench_function("decryption/totals", |b| {
        b.iter(|| {
            let mut combiner = Combiner::new(statement);
            combiner.accept(first.clone()).unwrap();
            combiner.accept(second.clone()).unwrap();
            combiner.totals().unwrap()
        });
    });
}

fn discrete_logarithm(c: &mut Criterion) {
    let bound = 200_000;
    let points: Vec<_> = (0..100u64)
        .map(|i| Point::mul_base(&Scalar::from(i * 1_999)))
        .collect();
    c.bench_function("decryption/dlog-100-of-200000", |b| {
        b.iter(|| {
            let table = DlogTable::new(bound, points.len());
            points
                .iter()
                .map(|point| table.solve(point).unwrap())
                .sum::<u64>()
        });
    });
}

criterion_group!(benches, decrypting, discrete_logarithm);
criterion_main!(benches);

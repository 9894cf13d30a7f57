//! The log: replaying a credential and a ballot, hashing, checkpoints.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench is no library and may panic"
)]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use std::hint::black_box;
use voting_core::audit::testing::TestElection;
use voting_core::audit::{Signatures, State};
use voting_core::codec::Decode;
use voting_core::entry::Entry;
use voting_core::ids::LogHash;
use voting_core::log::tree::{Frontier, leaf_hash};
use voting_core::manifest::testing::manifest;

fn appending(c: &mut Criterion) {
    let leaf = LogHash::new([7; 32]);
    c.bench_function("log/append-1000", |b| {
        b.iter_batched_ref(
            Frontier::new,
            |tree| {
                for _ in 0..1000 {
                    black_box(tree.append(leaf));
                }
            },
            BatchSize::SmallInput,
        );
    });
    let entry = vec![7; 10_500];
    c.bench_function("log/leaf-hash-of-a-ballot", |b| {
        b.iter(|| leaf_hash(black_box(&entry)))
    });
}

/// Everything observers check but the proofs, 20 voters of 100 projects.
fn replaying(c: &mut Criterion) {
    let mut election = TestElection::open(manifest(100, 10), UnwrapErr(SysRng));
    for n in 0..20 {
        let voter = election.register(n, 1);
        election.cast(&voter, &[1, 5, 9]);
    }
    let replay = || {
        let mut state = State::new(election.state.manifest().clone()).unwrap();
        for bytes in &election.entries {
            let entry = Entry::from_bytes(bytes).unwrap();
            state.apply(&entry, bytes, Signatures::Verify).unwrap();
        }
        state.size()
    };
    c.bench_function("log/replay-20-voters", |b| b.iter(replay));
}

criterion_group!(benches, appending, replaying);
criterion_main!(benches);

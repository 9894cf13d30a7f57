//! Reading and tallying real elections, end to end from the file's bytes. The files are read from
//! the folder named by `HANPYO_PABULIB`; without it nothing is measured.
#![allow(clippy::unwrap_used, reason = "a bench that cannot run should say so")]
#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use tally::pb;
use tally::proportional::{Profile, add1};
use tally::recompute::{Plan, recompute};

/// 90,494 ballots, 160 projects.
const LODZ: &str = "Poland_Lodz_2022.pb";

fn lodz(c: &mut Criterion) {
    let Some((_, bytes)) = support::files().into_iter().find(|(name, _)| name == LODZ) else {
        return;
    };
    let options = pb::Options::new(LODZ);
    let mut group = c.benchmark_group("Lodz 2022");
    group.bench_function("parse", |b| {
        b.iter(|| {
            let text = pb::decode(black_box(&bytes), &options).unwrap();
            pb::parse(&text, &options).unwrap().ballot_count()
        });
    });
    group.bench_function("parse and tally", |b| {
        b.iter(|| {
            let text = pb::decode(black_box(&bytes), &options).unwrap();
            let file = pb::parse(&text, &options).unwrap();
            let plan = Plan::default().declared(&file).unwrap().0;
            recompute(&file, &plan).unwrap().selected.len()
        });
    });
    let text = pb::decode(&bytes, &options).unwrap();
    let file = pb::parse(&text, &options).unwrap();
    let cost = |p: &pb::Project<'_>| p.cost.and_then(|c| c.units(0)).map(i128::unsigned_abs);
    let costs: Vec<Option<u128>> = file.projects.iter().map(cost).collect();
    let budget = file.meta.budget.units(0).unwrap().unsigned_abs();
    group.sample_size(10);
    group.bench_function("Equal Shares with Add1, exact", |b| {
        b.iter(|| {
            let profile = Profile::of_file(black_box(&file), &costs, Vec::new()).unwrap();
            add1(&profile, budget, 1).winners.len()
        });
    });
    group.finish();
}

criterion_group!(benches, lodz);
criterion_main!(benches);

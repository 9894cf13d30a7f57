//! The result document of a large election: 200,000 voters, 600 projects, 15 fields.
#![allow(clippy::unwrap_used, reason = "a bench that cannot run should say so")]
#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use tally::result::{ClassTotal, ClassTotals, Standing, compute};
use voting_core::manifest::testing::{document, name, text};
use voting_core::manifest::{Field, Manifest};
use voting_core::rule::{Allocations, Fill, FillPolicy, FillScope, Selection};

const PROJECTS: usize = 600;
const FIELDS: usize = 15;

fn manifest() -> Manifest {
    let mut document = document(PROJECTS, 10);
    let contest = &mut document.contests[0];
    for n in 0..FIELDS {
        let id = format!("f{n}");
        contest.fields.push(Field {
            id: name(&id),
            title: text(&id, &id),
            picks: None,
        });
    }
    for (n, project) in contest.projects.iter_mut().enumerate() {
        project.field = Some(name(&format!("f{}", n % FIELDS)));
    }
    contest.rule.selection = Selection::Fill(Fill {
        policy: FillPolicy::Skip,
        scope: FillScope::EachField {
            allocations: Allocations::PartOfCandidates(name("10/13")),
        },
    });
    Manifest::new(document).unwrap()
}

fn totals() -> ClassTotals {
    let class = |class: &str, ballots: u64, factor: u64| ClassTotal {
        class: name(class),
        standing: Standing::Counted,
        ballots,
        issued: ballots,
        marks: (0..PROJECTS as u64)
            .map(|n| (n * 7919 + 13) % (ballots / factor))
            .collect(),
    };
    let classes = vec![
        class("committee", 2_500, 200),
        class("citizen", 200_000, 100),
    ];
    ClassTotals {
        classes,
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    }
}

fn result(c: &mut Criterion) {
    let (manifest, totals) = (manifest(), totals());
    c.bench_function("result of 200,000 voters, 600 projects, 15 fields", |b| {
        b.iter(|| {
            let result = compute(&manifest, black_box(&totals)).unwrap();
            result.to_canonical().unwrap().len()
        });
    });
}

criterion_group!(benches, result);
criterion_main!(benches);

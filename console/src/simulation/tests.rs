use super::*;
use voting_core::manifest::testing::{document, manifest, name, text};
use voting_core::manifest::{Field, Manifest};

const SAMPLE: Sample = Sample {
    number: 7,
    voters: 12_345,
};

#[test]
fn a_sample_is_the_same_for_everybody_and_another_is_not() {
    let manifest = manifest(20, 5);
    let totals = totals(&manifest, SAMPLE);
    assert_eq!(totals, super::totals(&manifest, SAMPLE));
    assert_ne!(
        totals,
        super::totals(
            &manifest,
            Sample {
                number: 8,
                ..SAMPLE
            }
        )
    );
    assert!(totals.check(&manifest).is_ok());
    assert!(simulate(&manifest, SAMPLE).is_ok());
}

#[test]
fn limits_of_fields_are_kept_so_that_the_totals_are_possible() {
    let mut document = document(12, 6);
    let contest = &mut document.contests[0];
    contest.fields = ["a", "b"]
        .map(|id| Field {
            id: name(id),
            title: text(id, id),
            picks: Some(Picks { min: 1, max: 2 }),
        })
        .into();
    for (i, project) in contest.projects.iter_mut().enumerate() {
        project.field = Some(name(if i < 2 { "a" } else { "b" }));
    }
    contest.picks = Picks { min: 2, max: 4 };
    let manifest = Manifest::new(document).unwrap();
    for number in 0..20 {
        for voters in [1, 99, 5_000, u64::MAX] {
            let totals = totals(&manifest, Sample { number, voters });
            totals.check(&manifest).unwrap();
        }
    }
}

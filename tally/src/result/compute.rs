//! From a manifest and class totals to the result document.

use super::contest::ContestTotals;
use super::document::{Format, ResultDocument, Turnout};
use super::totals::{ClassTotals, TotalsError};
use crate::exact::{rounded, whole};
use voting_core::manifest::{Bilingual, Manifest};
use voting_core::rule::ClassId;

/// Computes the result of an election.
///
/// # Errors
/// [`TotalsError`] where the totals cannot be totals of this manifest, a class is empty where a
/// rule refuses that, or the seed of a verifiable lot is missing or wrong.
pub fn compute(manifest: &Manifest, totals: &ClassTotals) -> Result<ResultDocument, TotalsError> {
    totals.check(manifest)?;
    let mut contests = Vec::with_capacity(manifest.contests.len());
    let mut first = 0;
    for contest in &manifest.contests {
        let part = ContestTotals {
            manifest,
            contest,
            totals,
            first,
        };
        contests.push(part.result()?);
        first += contest.projects.len();
    }
    let withdrawn = manifest
        .projects()
        .filter_map(|c| totals.withdrawal(&c.project.id).cloned());
    let mut lot_seeds = totals.seeds.clone();
    lot_seeds.sort_by_key(|seed| seed.reveal());
    lot_seeds.dedup();
    Ok(ResultDocument {
        format: Format::V1,
        election_id: manifest.election_id(),
        title: manifest.title.clone(),
        demonstration: manifest.demonstration,
        turnout: turnout(manifest, totals),
        withdrawn: withdrawn.collect(),
        lot_seeds,
        contests,
    })
}

fn turnout(manifest: &Manifest, totals: &ClassTotals) -> Vec<Turnout> {
    let voters = manifest
        .classes
        .iter()
        .map(|class| (&class.id, &class.title, false));
    let offline = manifest
        .offline_groups
        .iter()
        .map(|group| (&group.id, &group.title, true));
    let report = |(class, title, offline): (&ClassId, &Bilingual, bool)| {
        let total = totals.class(class)?;
        let percent = (total.issued > 0).then(|| {
            rounded(
                &(whole(total.ballots) * whole(100) / whole(total.issued)),
                2,
            )
        });
        Some(Turnout {
            class: class.clone(),
            title: title.clone(),
            offline,
            standing: total.standing.clone(),
            issued: total.issued,
            ballots: total.ballots,
            percent,
        })
    };
    voters.chain(offline).filter_map(report).collect()
}

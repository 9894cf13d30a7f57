//! From a verified log to the result, and whether the published one is that.

use crate::check::{CheckName, Failure, OwnCheck};
use crate::head;
use crate::replay::VerifiedLog;
use crate::source::Source;
use serde::{Deserialize, Serialize};
use tally::result::{
    ClassTotal, ClassTotals, ResultDocument, SignedResult, Standing, TotalsError, Withdrawal,
    compute,
};
use voting_core::audit::{Group, Grouping, State};
use voting_core::ids::{ClassIndex, LeafIndex};
use voting_core::manifest::{Bilingual, Manifest};
use voting_core::rule::{ClassId, LotSeed};
use voting_core::staff::Document;

/// What a result needs beyond the log: it stands in the published result itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplement {
    /// The revealed seeds of verifiable lots; each is checked against the manifest's commitment.
    pub seeds: Vec<LotSeed>,
}

/// The totals of a log with t shares of every group.
///
/// # Errors
/// [`Failure`] of `decryption-proofs` while shares are missing or a sum has no total.
pub fn class_totals(state: &State, supplement: &Supplement) -> Result<ClassTotals, Failure> {
    let proofs = |detail: &dyn std::fmt::Display| Failure::new(OwnCheck::DecryptionProofs, detail);
    let decrypted = state.totals().map_err(|e| proofs(&e.detail))?;
    let grouping = state.grouping().ok_or_else(|| proofs(&"not closed"))?;
    let manifest = state.manifest();
    let classes = (0u16..).map(ClassIndex::new).zip(&manifest.classes);
    let counts = state.counts().iter();
    let total =
        |((class, named), count): ((ClassIndex, &voting_core::manifest::VoterClass), &_)| {
            let voting_core::audit::ClassCount { issued, cast } = count;
            let marks = decrypted.iter().find(|totals| totals.group.head() == class);
            let standing = standing(manifest, grouping, class);
            let none = match standing {
                Standing::Counted => vec![0; manifest.project_count()],
                _ => Vec::new(),
            };
            ClassTotal {
                class: named.id.clone(),
                standing,
                ballots: *cast,
                issued: *issued,
                marks: marks.map_or(none, |totals| totals.marks.clone()),
            }
        };
    let mut totals: Vec<ClassTotal> = classes.zip(counts).map(total).collect();
    totals.extend(offline(state));
    Ok(ClassTotals {
        classes: totals,
        withdrawn: withdrawals(state),
        seeds: supplement.seeds.clone(),
    })
}

fn standing(manifest: &Manifest, grouping: &Grouping, class: ClassIndex) -> Standing {
    let has = |group: &&Group| group.head() == class || group.classes.contains(&class);
    let decrypted = grouping.groups.iter().find(has);
    let withheld = grouping.withheld.iter().chain(&grouping.refused).find(has);
    let group = decrypted.or(withheld);
    match group.map(Group::head) {
        Some(head) if head != class => match manifest.class(head) {
            Some(head) => Standing::MergedInto(head.id.clone()),
            None => Standing::Withheld,
        },
        Some(_) if decrypted.is_none() => Standing::Withheld,
        _ => Standing::Counted,
    }
}

/// The signed totals of the groups that voted outside this system.
fn offline(state: &State) -> impl Iterator<Item = ClassTotal> {
    let groups = &state.manifest().offline_groups;
    state.offline_totals().filter_map(|signed| {
        let totals = &signed.totals;
        let group = groups.get(usize::from(totals.group))?;
        Some(ClassTotal {
            class: group.id.clone(),
            standing: Standing::Counted,
            ballots: totals.ballots,
            issued: 0,
            marks: totals.marks.clone(),
        })
    })
}

fn withdrawals(state: &State) -> Vec<Withdrawal> {
    let mut projects = state.manifest().projects();
    let withdrawn = state.withdrawn().iter();
    let withdrawal = |(position, reason): (&u32, &Bilingual)| {
        let project = projects.find(|candidate| candidate.position == *position)?;
        Some(Withdrawal {
            project: project.project.id.clone(),
            reason: reason.clone(),
        })
    };
    withdrawn.filter_map(withdrawal).collect()
}

/// The result that a log gives.
///
/// # Errors
/// [`Failure`] of `decryption-proofs` or `weights`.
pub fn result(state: &State, supplement: &Supplement) -> Result<ResultDocument, Failure> {
    let totals = class_totals(state, supplement)?;
    compute(state.manifest(), &totals).map_err(|e| Failure::new(OwnCheck::Weights, e))
}

/// A published result that is what the log gives.
#[derive(Clone, Debug)]
pub struct Published {
    /// Its entry.
    pub entry: LeafIndex,
    /// Its document.
    pub document: Document,
    /// The result.
    pub result: ResultDocument,
}

/// How far the comparison of the published result came.
#[derive(Debug)]
pub struct Comparison {
    /// Checks that passed, in order.
    pub passed: Vec<CheckName>,
    /// The published result, or the first check that failed.
    pub outcome: Result<Published, Failure>,
}

/// Compares the published result with what the log gives, check by check.
pub fn compare(
    source: &dyn Source,
    log: &VerifiedLog,
    entry: LeafIndex,
    document: Document,
) -> Comparison {
    let mut passed = Vec::new();
    let outcome = compare_all(source, &log.state, (entry, document), &mut passed);
    Comparison { passed, outcome }
}

fn compare_all(
    source: &dyn Source,
    state: &State,
    (entry, document): (LeafIndex, Document),
    passed: &mut Vec<CheckName>,
) -> Result<Published, Failure> {
    let at = |failure: Failure| Failure {
        entry: Some(entry),
        ..failure
    };
    // t shares of every group are in, or the entry would have been refused.
    class_totals(state, &Supplement::default()).map_err(at)?;
    passed.push(OwnCheck::DecryptionProofs.into());
    let bytes = head::document(source, entry, &document)?;
    let published = read(state.manifest(), &bytes).map_err(|e| at(bad_document(&e)))?;
    let seeds = published.totals().seeds;
    let expected = result(state, &Supplement { seeds }).map_err(at)?;
    for (check, part) in PARTS {
        if part(&published) != part(&expected) {
            let detail = "the published result is not what the log gives";
            return Err(Failure::at(*check, entry, detail));
        }
        passed.push((*check).into());
    }
    if published != expected {
        return Err(at(bad_document(&"it is not what the log gives")));
    }
    passed.push(OwnCheck::ResultDocument.into());
    Ok(Published {
        entry,
        document,
        result: published,
    })
}

fn bad_document(detail: &dyn std::fmt::Display) -> Failure {
    Failure::new(OwnCheck::ResultDocument, detail)
}

/// A part of a result, as JSON to be compared.
type PartOf = fn(&ResultDocument) -> serde_json::Value;

/// Which part of a result each check is about.
const PARTS: &[(OwnCheck, PartOf)] = &[
    (OwnCheck::Totals, |result| {
        let marks = projects(result, |p| serde_json::json!([p.id, p.marks]));
        serde_json::json!([result.turnout, result.withdrawn, marks])
    }),
    (OwnCheck::Weights, |result| {
        let weights: Vec<_> = result.contests.iter().map(|c| &c.weights).collect();
        let scores = projects(result, |p| serde_json::json!([p.score, p.score_decimal]));
        serde_json::json!([weights, scores])
    }),
    (OwnCheck::Ranking, |result| {
        let contests = result.contests.iter();
        contests
            .map(|contest| serde_json::json!([contest.ranking, contest.ties]))
            .collect()
    }),
    (OwnCheck::CutOff, |result| {
        let pots: Vec<_> = result.contests.iter().map(|c| &c.pots).collect();
        let outcomes = projects(result, |p| {
            serde_json::json!([p.outcome, p.funded, p.reason])
        });
        serde_json::json!([pots, outcomes])
    }),
];

fn projects(
    result: &ResultDocument,
    part: impl Fn(&tally::result::ProjectResult) -> serde_json::Value,
) -> Vec<serde_json::Value> {
    let contests = result.contests.iter();
    contests
        .flat_map(|contest| &contest.projects)
        .map(part)
        .collect()
}

/// A published document: the result itself, or with signatures of its own in an envelope. Either
/// way it is exactly its RFC 8785 bytes; that staff published it their entry's signatures say.
fn read(manifest: &Manifest, bytes: &[u8]) -> Result<ResultDocument, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let canonical = |written: Result<Vec<u8>, TotalsError>| match written {
        Ok(written) if written == bytes => Ok(()),
        Ok(_) => Err("the document's bytes are not canonical".to_owned()),
        Err(error) => Err(text(&error)),
    };
    let either: Either = serde_json::from_slice(bytes).map_err(|e| text(&e))?;
    match either {
        Either::Signed(signed) => {
            canonical(signed.to_canonical())?;
            signed.verify(manifest).map_err(|e| text(&e))?;
            Ok(signed.result)
        }
        Either::Bare(result) => {
            canonical(result.to_canonical())?;
            Ok(*result)
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Either {
    Signed(Box<SignedResult>),
    Bare(Box<ResultDocument>),
}

/// Issued and cast counts of a class: what a registrar is held to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turnout {
    /// The class.
    pub class: ClassId,
    /// As people read it.
    pub title: Bilingual,
    /// People on its roll, as staff last recorded it in the log.
    pub roll: Option<u64>,
    /// People with a credential.
    pub issued: u64,
    /// People with a ballot.
    pub cast: u64,
}

/// The counts of every class so far.
#[must_use]
pub fn turnout(state: &State) -> Vec<Turnout> {
    let classes = (0..).map(ClassIndex::new).zip(&state.manifest().classes);
    let turnout = classes
        .zip(state.counts())
        .map(|((index, class), count)| Turnout {
            class: class.id.clone(),
            title: class.title.clone(),
            roll: state.roll(index),
            issued: count.issued,
            cast: count.cast,
        });
    turnout.collect()
}

//! The checkpoint that an action holds of the log before it.

use super::violation::{Check, Violation, ensure};
use crate::log::checkpoint::{Checkpoint, LogPolicy, OpenCheckpointError, Origin, Quorum};
use crate::log::note::{Note, SignatureType, VerifierKey};
use crate::log::tree::Frontier;
use crate::manifest::Manifest;
use crate::staff::{Proposal, StaffAction};

/// Whose checkpoints an election's manifest believes: its log's, cosigned by its witnesses.
///
/// # Errors
/// [`Violation`] if the manifest's names and keys do not make a policy.
pub fn log_policy(manifest: &Manifest) -> Result<LogPolicy, Violation> {
    let violation = |e: &dyn std::fmt::Display| Violation::new(Check::Manifest, e);
    let witnesses = manifest.witnesses.members.iter().map(|witness| {
        VerifierKey::new(
            witness.name.clone(),
            SignatureType::CosignatureV1,
            witness.key,
        )
    });
    let quorum = Quorum::new(manifest.witnesses.quorum.into(), witnesses.collect())
        .map_err(|e| violation(&e))?;
    let origin = Origin::new(manifest.origin.as_str()).map_err(|e| violation(&e))?;
    LogPolicy::new(origin, manifest.keys.log, quorum).map_err(|e| violation(&e))
}

/// Checks that a proposal holds the checkpoint of exactly this tree where it must, cosigned where
/// the manifest says so, and none where it need not.
pub(super) fn check(
    policy: &LogPolicy,
    tree: &Frontier,
    proposal: &Proposal,
) -> Result<(), Violation> {
    let held = Check::HeldCheckpoint;
    if !proposal.action.needs_checkpoint() {
        let empty = proposal.checkpoint.is_empty();
        return ensure(empty, held, || {
            "the action holds a checkpoint it should not".into()
        });
    }
    let checkpoint = open(policy, proposal)?;
    let same = checkpoint.size() == tree.size() && checkpoint.root() == tree.root();
    ensure(same, held, || {
        format!(
            "the checkpoint held is of {} entries with another root, or not of the {} before it",
            checkpoint.size(),
            tree.size()
        )
    })
}

fn open(policy: &LogPolicy, proposal: &Proposal) -> Result<Checkpoint, Violation> {
    let note = Note::parse(&proposal.checkpoint);
    let note = note.map_err(|e| Violation::new(Check::HeldCheckpoint, e))?;
    let opened = match proposal.action {
        StaffAction::Open(_) => policy.open_without_quorum(&note),
        _ => policy.open(&note),
    };
    let opened = opened.map_err(|e| match e {
        OpenCheckpointError::NoQuorum { .. } => Violation::new(Check::WitnessQuorum, e),
        other => Violation::new(Check::HeldCheckpoint, other),
    })?;
    Ok(opened.checkpoint().clone())
}

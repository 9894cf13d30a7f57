//! The totals of groups that vote outside this system, as far as a log can hold them to account.
//!
//! They come after the close and before the first decryption share: whoever signs them has not seen
//! what the electronic ballots add up to, and nobody sees them while voting goes on.

use super::violation::{Check, Violation, ensure};
use crate::manifest::{Manifest, OfflineGroup};
use crate::offline::SignedTotals;
use std::collections::BTreeMap;

/// The totals that are in, by group.
#[derive(Clone, Debug, Default)]
pub(super) struct OfflineLog(BTreeMap<u16, SignedTotals>);

impl OfflineLog {
    pub(super) fn totals(&self) -> impl Iterator<Item = &SignedTotals> {
        self.0.values()
    }

    /// Takes a group's totals, once.
    pub(super) fn add(
        &mut self,
        manifest: &Manifest,
        signed: &SignedTotals,
    ) -> Result<(), Violation> {
        let totals = &signed.totals;
        let group = manifest.offline_groups.get(usize::from(totals.group));
        let group = group.ok_or_else(|| refused(&"the manifest has no such offline group"))?;
        signed
            .verify(&manifest.election_id(), &group.key)
            .map_err(|e| refused(&format_args!("group {}: {e}", group.id)))?;
        ensure(!self.0.contains_key(&totals.group), CHECK, || {
            format!("the totals of group {} are in already", group.id)
        })?;
        check_possible(manifest, group, signed)?;
        self.0.insert(totals.group, signed.clone());
        Ok(())
    }

    pub(super) fn check_complete(&self, manifest: &Manifest) -> Result<(), Violation> {
        let groups = (0u16..).zip(&manifest.offline_groups);
        let mut missing = groups.filter(|(position, _)| !self.0.contains_key(position));
        missing.next().map_or(Ok(()), |(_, group)| {
            Err(refused(&format_args!(
                "the totals of offline group {} are missing",
                group.id
            )))
        })
    }
}

const CHECK: Check = Check::OfflineTotals;

fn refused(detail: &dyn std::fmt::Display) -> Violation {
    Violation::new(CHECK, detail)
}

/// One total a project, and none above the number of ballots.
fn check_possible(
    manifest: &Manifest,
    group: &OfflineGroup,
    signed: &SignedTotals,
) -> Result<(), Violation> {
    let totals = &signed.totals;
    let expected = manifest.project_count();
    ensure(totals.marks.len() == expected, CHECK, || {
        let found = totals.marks.len();
        format!(
            "group {} has {found} totals where {expected} belong",
            group.id
        )
    })?;
    let most = totals.marks.iter().copied().max().unwrap_or(0);
    ensure(
        most <= totals.ballots && totals.ballots < 1 << 53,
        CHECK,
        || {
            let ballots = totals.ballots;
            format!(
                "group {} has {most} marks of a project on {ballots} ballots",
                group.id
            )
        },
    )
}

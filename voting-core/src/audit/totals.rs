//! Decryption shares after the close, and the totals they give.

use super::groups::{Group, Grouping};
use super::sums::ClassSums;
use super::violation::{Check, Violation, ensure};
use crate::ceremony::PublicKeys;
use crate::codec::Decode;
use crate::decryption::{CiphertextSums, Combiner, DecryptionShare, GroupId, Statement};
use crate::ids::{ElectionId, LeafIndex, LogHash, TrusteeId};
use crate::keys::VerifyKey;
use crate::trustee::{Signed, TrusteeMessage};

/// The marks of one group, decrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTotals {
    /// The group.
    pub group: Group,
    /// Marks by project position.
    pub marks: Vec<u64>,
}

/// What follows the close entry.
pub struct Shares {
    grouping: Grouping,
    close: LeafIndex,
    close_root: LogHash,
    sums: Vec<CiphertextSums>,
    shares: Vec<DecryptionShare>,
}

impl Shares {
    pub(super) fn new(grouping: Grouping, close: u64) -> Self {
        let close_root = LogHash::new([0; 32]);
        let close = LeafIndex::new(close);
        Self {
            grouping,
            close,
            close_root,
            sums: Vec::new(),
            shares: Vec::new(),
        }
    }

    /// Called once, when the close entry has entered the tree.
    pub(super) fn set_close_root(&mut self, root: LogHash) {
        self.close_root = root;
    }

    pub(super) fn grouping(&self) -> &Grouping {
        &self.grouping
    }

    pub(super) fn close(&self) -> (LeafIndex, LogHash) {
        (self.close, self.close_root)
    }

    /// Whether no share is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// The trustees whose share of a group is in.
    pub fn of_group(&self, group: GroupId) -> impl Iterator<Item = TrusteeId> + '_ {
        self.shares
            .iter()
            .filter(move |s| s.group() == group)
            .map(TrusteeMessage::trustee)
    }

    /// The sums of each group, in the grouping's order; empty until provided.
    #[must_use]
    pub fn sums(&self) -> &[CiphertextSums] {
        &self.sums
    }

    pub(super) fn provide_sums(&mut self, sums: &ClassSums) -> Result<(), Violation> {
        let groups = self.grouping.groups.iter();
        let sums = groups.map(|group| {
            let sum = sums.group(group)?;
            ensure(
                sum.ballots() == group.ballots,
                Check::DecryptionShare,
                || {
                    format!(
                        "the sums of group {} are of {} ballots",
                        group.id,
                        sum.ballots()
                    )
                },
            )?;
            Ok(sum)
        });
        self.sums = sums.collect::<Result<_, _>>()?;
        Ok(())
    }

    /// What a trustee proves about a group.
    ///
    /// # Errors
    /// [`Violation`] if the group is not decrypted, or the sums are not provided.
    pub fn statement<'a>(
        &'a self,
        election: ElectionId,
        keys: &'a PublicKeys,
        group: GroupId,
    ) -> Result<Statement<'a>, Violation> {
        ensure(
            self.grouping.refused.is_empty(),
            Check::DecryptionShare,
            || "a class is too small and the manifest then refuses to decrypt anything".into(),
        )?;
        let position = self.grouping.groups.iter().position(|g| g.id == group);
        let sums = position.and_then(|position| self.sums.get(position));
        let sums = sums.ok_or_else(|| {
            let detail = format_args!("group {group} is not decrypted, or its sums are not known");
            Violation::new(Check::DecryptionShare, detail)
        })?;
        let close = (self.close, self.close_root);
        Ok(Statement {
            election,
            keys,
            close,
            group,
            sums,
        })
    }

    pub(super) fn add(
        &mut self,
        message: &[u8],
        election: ElectionId,
        keys: &PublicKeys,
        signers: &[VerifyKey],
    ) -> Result<(), Violation> {
        let share = open(message, election, signers)?;
        let (trustee, group) = (share.trustee(), share.group());
        ensure(
            self.of_group(group).all(|t| t != trustee),
            Check::DecryptionShare,
            || format!("trustee {trustee} has already sent a share of group {group}"),
        )?;
        share
            .verify(&self.statement(election, keys, group)?)
            .map_err(|e| Violation::new(Check::DecryptionShare, e))?;
        self.shares.push(share);
        Ok(())
    }

    pub(super) fn totals(
        &self,
        election: ElectionId,
        keys: &PublicKeys,
    ) -> Result<Vec<GroupTotals>, Violation> {
        let refused = self.grouping.refused.iter().map(|group| group.id);
        let groups = self
            .grouping
            .groups
            .iter()
            .map(|group| group.id)
            .chain(refused);
        groups
            .map(|group| self.group_totals(election, keys, group))
            .collect()
    }

    fn group_totals(
        &self,
        election: ElectionId,
        keys: &PublicKeys,
        id: GroupId,
    ) -> Result<GroupTotals, Violation> {
        let violation = |e| Violation::new(Check::DecryptionShare, e);
        let mut combiner = Combiner::new(self.statement(election, keys, id)?);
        for share in self.shares.iter().filter(|share| share.group() == id) {
            combiner.accept(share.clone()).map_err(violation)?;
        }
        let group = self.grouping.groups.iter().find(|group| group.id == id);
        let group = group.ok_or_else(|| Violation::new(Check::DecryptionShare, "no such group"))?;
        let marks = combiner.totals().map_err(violation)?;
        Ok(GroupTotals {
            group: group.clone(),
            marks,
        })
    }
}

fn open(
    message: &[u8],
    election: ElectionId,
    signers: &[VerifyKey],
) -> Result<DecryptionShare, Violation> {
    let signed = Signed::<DecryptionShare>::from_bytes(message)
        .map_err(|e| Violation::new(Check::EntryEncoding, e))?;
    let trustee = signed.claimed_trustee();
    let key = usize::from(trustee.get())
        .checked_sub(1)
        .and_then(|i| signers.get(i));
    let unsigned = || {
        let detail = format_args!("the signature of trustee {trustee} does not verify");
        Violation::new(Check::DecryptionShare, detail)
    };
    signed
        .verify(&election, key.ok_or_else(unsigned)?)
        .cloned()
        .map_err(|_| unsigned())
}

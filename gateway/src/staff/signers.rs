//! Staff members' keys and their places in the manifest.

use std::collections::BTreeMap;
use thiserror::Error;
use voting_core::ids::ElectionId;
use voting_core::keys::{SecretKey, Signature};
use voting_core::manifest::Manifest;
use voting_core::staff::{Proposal, StaffEntry};

/// Why keys cannot sign.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SignersError {
    /// A key that is no staff member's.
    #[error("staff key {0} (counted from 1) is not in the manifest")]
    Unknown(usize),
    /// Fewer people than the manifest demands.
    #[error("{found} staff keys, the manifest demands {needed}")]
    TooFew {
        /// Different keys given.
        found: usize,
        /// How many are demanded.
        needed: usize,
    },
}

/// Keys of staff members by position.
pub struct Signers<'a> {
    election: ElectionId,
    keys: BTreeMap<u16, &'a SecretKey>,
}

impl<'a> Signers<'a> {
    /// As many people as the manifest demands.
    ///
    /// # Errors
    /// [`SignersError`].
    pub fn new(manifest: &Manifest, keys: &'a [SecretKey]) -> Result<Self, SignersError> {
        let signers = Self::some(manifest, keys)?;
        let (found, needed) = (signers.keys.len(), usize::from(manifest.staff.required));
        if found < needed {
            return Err(SignersError::TooFew { found, needed });
        }
        Ok(signers)
    }

    /// One or more people, for signing one after the other.
    ///
    /// # Errors
    /// [`SignersError::Unknown`].
    pub fn some(manifest: &Manifest, keys: &'a [SecretKey]) -> Result<Self, SignersError> {
        let position = |(number, key): (usize, &'a SecretKey)| {
            let public = key.verify_key();
            let mut members = (0u16..).zip(&manifest.staff.members);
            let found = members.find(|(_, member)| member.key == public);
            found
                .map(|(position, _)| (position, key))
                .ok_or(SignersError::Unknown(number))
        };
        let keys = (1..).zip(keys).map(position).collect::<Result<_, _>>()?;
        Ok(Self {
            election: manifest.election_id(),
            keys,
        })
    }

    /// Signs as everyone.
    #[must_use]
    pub fn sign_all(&self, proposal: Proposal) -> StaffEntry {
        let signatures = self.signatures(&proposal).collect();
        StaffEntry::new(proposal, signatures)
    }

    /// Adds everyone's signatures to those an entry has.
    #[must_use]
    pub fn add_to(&self, entry: &StaffEntry) -> StaffEntry {
        let own = self.signatures(&entry.proposal);
        let all = own.chain(entry.signatures().iter().copied()).collect();
        StaffEntry::new(entry.proposal.clone(), all)
    }

    fn signatures(&self, proposal: &Proposal) -> impl Iterator<Item = (u16, Signature)> {
        let sign =
            |(position, key): (&u16, &&SecretKey)| (*position, proposal.sign(&self.election, key));
        self.keys.iter().map(sign)
    }
}

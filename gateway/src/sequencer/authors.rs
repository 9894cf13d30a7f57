//! Whose signatures a command carries.
//!
//! The audit judges an entry at its place in the log. This comes before, where nothing has been
//! verified yet: of anybody who sends a staff action or a trustee's message, so that junk does not
//! wait among ballots; and of another gateway, whose key to this one shows that it belongs to the
//! election and not that it can be believed.

use super::command::Command;
use std::sync::Arc;
use voting_core::audit::{Check, Violation};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::ceremony::{Complaint, Confirmation, RoundOne, RoundTwo};
use voting_core::codec::Decode;
use voting_core::credential::Credential;
use voting_core::decryption::DecryptionShare;
use voting_core::ids::ElectionId;
use voting_core::keys::VerifyKey;
use voting_core::manifest::Manifest;
use voting_core::staff::StaffEntry;
use voting_core::trustee::{Signed, TrusteeMessage};

/// Those who may sign in an election.
pub(super) struct Authors {
    manifest: Arc<Manifest>,
    staff: Vec<VerifyKey>,
}

impl Authors {
    pub(super) fn of(manifest: Arc<Manifest>) -> Self {
        let members = manifest.staff.members.iter();
        let staff = members.map(|member| member.key).collect();
        Self { manifest, staff }
    }

    /// Verifies every signature of a command; of a ballot not the proof.
    pub(super) fn check(&self, command: &Command) -> Result<(), Violation> {
        match command {
            Command::Credential(credential) => self.credential(credential),
            Command::Ballot(cast, _) => self.ballot(cast),
            Command::Pending(request, _) => self.code(request, CodeIntent::Pending),
            Command::Spoil(request, _) => self.code(request, CodeIntent::Spoil),
            Command::Trustee(message) => self.trustee(message),
            Command::Staff(submission) => self.staff(&submission.entry),
        }
    }

    /// That enough members of the staff signed, and nobody else.
    pub(super) fn staff(&self, entry: &StaffEntry) -> Result<(), Violation> {
        let required = usize::from(self.manifest.staff.required);
        let verified = entry.verify(&self.election(), &self.staff, required);
        verified.map_err(|error| Violation::new(Check::StaffSignatures, error))
    }

    /// That the trustee whom a message names signed it.
    pub(super) fn trustee(&self, message: &[u8]) -> Result<(), Violation> {
        // The kind is the second byte of every trustee's message.
        match message.get(1).copied() {
            Some(RoundOne::KIND) => self.signed::<RoundOne>(message, Check::Ceremony),
            Some(RoundTwo::KIND) => self.signed::<RoundTwo>(message, Check::Ceremony),
            Some(Complaint::KIND) => self.signed::<Complaint>(message, Check::Ceremony),
            Some(Confirmation::KIND) => self.signed::<Confirmation>(message, Check::Ceremony),
            Some(DecryptionShare::KIND) => {
                self.signed::<DecryptionShare>(message, Check::DecryptionShare)
            }
            _ => Err(Violation::new(
                Check::EntryEncoding,
                "unknown trustee's message",
            )),
        }
    }

    fn signed<T: TrusteeMessage>(&self, message: &[u8], check: Check) -> Result<(), Violation> {
        let signed = Signed::<T>::from_bytes(message);
        let signed = signed.map_err(|error| Violation::new(Check::EntryEncoding, error))?;
        let trustee = signed.claimed_trustee();
        let position = usize::from(trustee.get()).checked_sub(1);
        let member = position.and_then(|n| self.manifest.trustees.members.get(n));
        let verified = member.map(|member| signed.verify(&self.election(), &member.signing_key));
        match verified {
            Some(Ok(_)) => Ok(()),
            _ => Err(Violation::new(
                check,
                format_args!(
                    "the signature of trustee {trustee} on the {} message does not verify",
                    T::NAME
                ),
            )),
        }
    }

    fn credential(&self, credential: &Credential) -> Result<(), Violation> {
        let keys = &self.manifest.keys;
        let countersigner = keys.countersigner.as_ref();
        let verified = credential.verify(&self.election(), &keys.registrar, countersigner);
        verified.map_err(|error| Violation::new(Check::CredentialSignature, error))
    }

    fn ballot(&self, cast: &CastBallot) -> Result<(), Violation> {
        self.credential(&cast.credential)?;
        let verified = cast.verify_signature(&self.election());
        verified.map_err(|error| Violation::new(Check::BallotSignature, error))
    }

    fn code(&self, request: &CodeRequest, intent: CodeIntent) -> Result<(), Violation> {
        self.credential(&request.credential)?;
        let verified = request.verify(&self.election(), intent);
        verified.map_err(|error| Violation::new(Check::BallotSignature, error))
    }

    fn election(&self) -> ElectionId {
        self.manifest.election_id()
    }
}

//! The signed envelope.

use super::compute;
use super::document::{ResultDocument, canonical};
use super::staff::{self, SignatureError, StaffSignature};
use super::totals::TotalsError;
use serde::{Deserialize, Serialize};
use voting_core::keys::SecretKey;
use voting_core::manifest::Manifest;
use voting_core::tags;

/// A result and the signatures of the staff who publish it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedResult {
    /// The result.
    pub result: ResultDocument,
    /// Signatures over its canonical bytes, in the order they were given.
    pub signatures: Vec<StaffSignature>,
}

impl SignedResult {
    /// A result nobody has signed yet.
    #[must_use]
    pub const fn unsigned(result: ResultDocument) -> Self {
        Self {
            result,
            signatures: Vec::new(),
        }
    }

    /// Adds a signature.
    ///
    /// # Errors
    /// As [`ResultDocument::to_canonical`].
    pub fn sign(&mut self, key: &SecretKey) -> Result<(), TotalsError> {
        let bytes = self.result.to_canonical()?;
        self.signatures
            .push(staff::sign(tags::SIGN_RESULT, &bytes, key));
        Ok(())
    }

    /// Checks that enough staff members of the manifest signed this result of its election.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, manifest: &Manifest) -> Result<(), SignatureError> {
        if self.result.election_id != manifest.election_id() {
            return Err(SignatureError::OtherElection);
        }
        let bytes = self.result.to_canonical()?;
        staff::verify(tags::SIGN_RESULT, &bytes, &self.signatures, manifest)
    }

    /// Checks that the result is exactly what its totals give under the manifest.
    ///
    /// # Errors
    /// [`SignatureError::Totals`] or [`SignatureError::Differs`].
    pub fn rederive(&self, manifest: &Manifest) -> Result<(), SignatureError> {
        let again = compute(manifest, &self.result.totals())?;
        if again.to_canonical()? == self.result.to_canonical()? {
            Ok(())
        } else {
            Err(SignatureError::Differs)
        }
    }

    /// The RFC 8785 bytes that are published.
    ///
    /// # Errors
    /// As [`ResultDocument::to_canonical`].
    pub fn to_canonical(&self) -> Result<Vec<u8>, TotalsError> {
        canonical(self)
    }
}

//! The signed envelope.

use super::compute;
use super::document::ResultDocument;
use super::totals::TotalsError;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;
use voting_core::keys::{SecretKey, Signature, VerifyKey};
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

/// One staff member's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSignature {
    /// The member's key.
    pub key: VerifyKey,
    /// The signature, as 128 hexadecimal digits.
    #[serde(with = "signature_text")]
    pub signature: Signature,
}

/// A signed result that does not hold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// It is of another election.
    #[error("the result is of another election than the manifest")]
    OtherElection,
    /// A signature is not by a staff member of the manifest.
    #[error("{0} is not a staff member's key")]
    NotStaff(VerifyKey),
    /// A member signed twice.
    #[error("{0} signed twice")]
    Twice(VerifyKey),
    /// A signature does not verify.
    #[error("the signature of {0} does not verify")]
    Bad(VerifyKey),
    /// Fewer members signed than must.
    #[error("{found} staff members signed where {required} must")]
    TooFew {
        /// Members who signed.
        found: usize,
        /// Members who must.
        required: u16,
    },
    /// Its totals are impossible.
    #[error(transparent)]
    Totals(#[from] TotalsError),
    /// It is not what its totals give.
    #[error("the result is not what its totals give under the manifest")]
    Differs,
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
        let signature = key.sign(tags::SIGN_RESULT, &self.result.to_canonical()?);
        self.signatures.push(StaffSignature {
            key: key.verify_key(),
            signature,
        });
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
        let mut signed = BTreeSet::new();
        for StaffSignature { key, signature } in &self.signatures {
            if !manifest
                .staff
                .members
                .iter()
                .any(|member| member.key == *key)
            {
                return Err(SignatureError::NotStaff(*key));
            }
            if !signed.insert(key) {
                return Err(SignatureError::Twice(*key));
            }
            let good = key.verify(tags::SIGN_RESULT, &bytes, signature);
            good.map_err(|_| SignatureError::Bad(*key))?;
        }
        let (found, required) = (signed.len(), manifest.staff.required);
        if found < usize::from(required) {
            return Err(SignatureError::TooFew { found, required });
        }
        Ok(())
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
        super::document::canonical(self)
    }
}

/// Signatures as hexadecimal text.
pub(crate) mod signature_text {
    use super::{HEXLOWER, Signature};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(signature: &Signature, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&HEXLOWER.encode(signature.as_bytes()))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Signature, D::Error> {
        let text = String::deserialize(d)?;
        let bytes = HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|b| b.try_into().ok());
        bytes
            .map(Signature::new)
            .ok_or_else(|| D::Error::custom("not 128 lower-case hex digits"))
    }
}

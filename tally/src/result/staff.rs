//! Signatures of the manifest's staff over a document.

use super::totals::TotalsError;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;
use voting_core::keys::{SecretKey, Signature, VerifyKey};
use voting_core::manifest::Manifest;

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

/// A signed document that does not hold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// It is of another election.
    #[error("the document is of another election than the manifest")]
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

/// Signs a document's canonical bytes under `tag`.
pub(super) fn sign(tag: &'static str, bytes: &[u8], key: &SecretKey) -> StaffSignature {
    StaffSignature {
        key: key.verify_key(),
        signature: key.sign(tag, bytes),
    }
}

/// Checks that enough staff members, each once, signed a document's canonical bytes under `tag`.
pub(super) fn verify(
    tag: &'static str,
    bytes: &[u8],
    signatures: &[StaffSignature],
    manifest: &Manifest,
) -> Result<(), SignatureError> {
    let mut signed = BTreeSet::new();
    for StaffSignature { key, signature } in signatures {
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
        key.verify(tag, bytes, signature)
            .map_err(|_| SignatureError::Bad(*key))?;
    }
    let (found, required) = (signed.len(), manifest.staff.required);
    if found < usize::from(required) {
        return Err(SignatureError::TooFew { found, required });
    }
    Ok(())
}

/// Signatures as hexadecimal text.
mod signature_text {
    use super::{HEXLOWER, Signature};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(signature: &Signature, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&HEXLOWER.encode(signature.as_bytes()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Signature, D::Error> {
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

//! Who holds which key.

use crate::ceremony::EncryptionKey;
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ParseIdError, bytes_id};
use crate::keys::VerifyKey;
use crate::log::note::KeyName;
use crate::tags;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Who holds the election key. A trustee's identifier is its place in `members`, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trustees {
    /// How many must decrypt together (t): at least 2, at most as many as there are.
    pub threshold: u16,
    /// All of them (n).
    pub members: Vec<Trustee>,
}

/// A trustee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trustee {
    /// As people know them.
    pub name: String,
    /// Signs ceremony messages and decryption shares.
    pub signing_key: VerifyKey,
    /// Secret shares are encrypted to it.
    pub encryption_key: EncryptionKey,
}

/// Who acts for the city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// How many must sign an act: at least 2.
    pub required: u16,
    /// All who may.
    pub members: Vec<StaffMember>,
}

/// A staff member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffMember {
    /// As people know them.
    pub name: String,
    /// Signs acts.
    pub key: VerifyKey,
}

/// The keys of the services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Signs credentials.
    pub registrar: VerifyKey,
    /// Signs checkpoints and receipts.
    pub log: VerifyKey,
    /// Signs refusals.
    pub ballot_box: VerifyKey,
    /// Signs every credential beside the registrar, where the manifest demands it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countersigner: Option<VerifyKey>,
    /// Binds the registrar to one pseudonym key.
    pub pseudonym_commitment: PseudonymKeyCommitment,
}

bytes_id! {
    /// `BLAKE3(pseudonym key)` under [`tags::PSEUDONYM_KEY_COMMITMENT`].
    PseudonymKeyCommitment, "pseudonym key commitment"
}

impl PseudonymKeyCommitment {
    /// The commitment to a key of 32 random bytes.
    #[must_use]
    pub fn of(key: &[u8; 32]) -> Self {
        Self(blake3::derive_key(tags::PSEUDONYM_KEY_COMMITMENT, key))
    }
}

/// Who cosigns the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witnesses {
    /// How many cosignatures the close and the result need: more than half of the witnesses, so
    /// that two logs cannot both have them while each witness is honest. 0 only without witnesses.
    pub quorum: u16,
    /// All of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Witness>,
}

/// A witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// The name of its key in cosignatures.
    #[serde(deserialize_with = "super::text::key_name")]
    pub name: KeyName,
    /// Its key.
    pub key: VerifyKey,
}

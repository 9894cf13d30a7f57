//! Credentials (PROTOCOL.md, "Credentials"): the registrar's word that a person may vote.
//!
//! ```text
//! pseudonym 32, class u16, voter key 32, serial u32     the signed body, after the election id
//! registrar's signature 64
//! flag u8 (0 or 1), countersignature 64 if 1
//! ```
//!
//! Serial `n + 1` revokes serial `n` of the same pseudonym; after a ballot none is issued.

use crate::ballot::VoterIdentity;
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ClassIndex, ElectionId, Pseudonym, Serial};
use crate::keys::{BadSignature, SecretKey, Signature, VerifyKey};
use crate::tags;

/// A signed credential. Whether it is *current* only the log can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Who votes: pseudonym, class, key.
    pub voter: VoterIdentity,
    /// Which issue this is.
    pub serial: Serial,
    signature: Signature,
    countersignature: Option<Signature>,
}

impl Credential {
    /// Issues a credential.
    #[must_use]
    pub fn issue(
        registrar: &SecretKey,
        election: &ElectionId,
        voter: VoterIdentity,
        serial: Serial,
    ) -> Self {
        let body = signed_body(election, &voter, serial);
        let signature = registrar.sign(tags::SIGN_CREDENTIAL, &body);
        Self {
            voter,
            serial,
            signature,
            countersignature: None,
        }
    }

    /// Adds the second party's countersignature, where the manifest demands one.
    #[must_use]
    pub fn countersign(self, key: &SecretKey, election: &ElectionId) -> Self {
        let signature = key.sign(tags::SIGN_COUNTERSIGN, &self.signed_body(election));
        Self {
            countersignature: Some(signature),
            ..self
        }
    }

    /// Verifies the registrar's signature and, exactly where the manifest names a countersigner,
    /// the countersignature.
    ///
    /// # Errors
    /// [`BadSignature`], also when a countersignature is missing or stands where none belongs.
    pub fn verify(
        &self,
        election: &ElectionId,
        registrar: &VerifyKey,
        countersigner: Option<&VerifyKey>,
    ) -> Result<(), BadSignature> {
        let body = self.signed_body(election);
        registrar.verify(tags::SIGN_CREDENTIAL, &body, &self.signature)?;
        match (countersigner, &self.countersignature) {
            (None, None) => Ok(()),
            (Some(key), Some(signature)) => key.verify(tags::SIGN_COUNTERSIGN, &body, signature),
            _ => Err(BadSignature),
        }
    }

    /// What the registrar signs and every later message of the voter refers to.
    pub(crate) fn signed_body(&self, election: &ElectionId) -> Vec<u8> {
        signed_body(election, &self.voter, self.serial)
    }
}

fn signed_body(election: &ElectionId, voter: &VoterIdentity, serial: Serial) -> Vec<u8> {
    let mut w = Writer::new();
    election.encode(&mut w);
    voter.encode(&mut w);
    serial.encode(&mut w);
    w.into_bytes()
}

impl Encode for Credential {
    fn encode(&self, w: &mut Writer) {
        self.voter.encode(w);
        self.serial.encode(w);
        self.signature.encode(w);
        w.option(self.countersignature.as_ref());
    }
}

impl Decode for Credential {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let pseudonym = Pseudonym::decode(r)?;
        let class = ClassIndex::decode(r)?;
        let key = VerifyKey::decode(r)?;
        Ok(Self {
            voter: VoterIdentity {
                pseudonym,
                class,
                key,
            },
            serial: Serial::decode(r)?,
            signature: Signature::decode(r)?,
            countersignature: r.option("countersignature flag")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential() -> (Credential, SecretKey, ElectionId) {
        let registrar = SecretKey::from_seed(&[1; 32]);
        let election = ElectionId::new([2; 32]);
        let voter = VoterIdentity {
            pseudonym: Pseudonym::new([3; 32]),
            class: ClassIndex::new(0),
            key: SecretKey::from_seed(&[4; 32]).verify_key(),
        };
        (
            Credential::issue(&registrar, &election, voter, Serial::new(0)),
            registrar,
            election,
        )
    }

    #[test]
    fn a_credential_holds_for_its_election_and_content_only() {
        let (credential, registrar, election) = credential();
        let key = registrar.verify_key();
        let decoded = Credential::from_bytes(&credential.to_bytes()).unwrap();
        assert_eq!(decoded, credential);
        assert_eq!(decoded.verify(&election, &key, None), Ok(()));
        assert!(
            decoded
                .verify(&ElectionId::new([9; 32]), &key, None)
                .is_err()
        );
        let other_serial = Credential {
            serial: Serial::new(1),
            ..decoded.clone()
        };
        assert!(other_serial.verify(&election, &key, None).is_err());
        let mut other_class = decoded;
        other_class.voter.class = ClassIndex::new(1);
        assert!(other_class.verify(&election, &key, None).is_err());
    }

    #[test]
    fn a_countersignature_is_demanded_and_refused_as_the_manifest_says() {
        let (credential, registrar, election) = credential();
        let second = SecretKey::from_seed(&[5; 32]);
        let (key, second_key) = (registrar.verify_key(), second.verify_key());
        assert!(
            credential
                .verify(&election, &key, Some(&second_key))
                .is_err()
        );
        let both = credential.countersign(&second, &election);
        assert_eq!(both.verify(&election, &key, Some(&second_key)), Ok(()));
        assert!(both.verify(&election, &key, Some(&key)).is_err());
        assert!(both.verify(&election, &key, None).is_err());
        assert_eq!(Credential::from_bytes(&both.to_bytes()).unwrap(), both);
    }
}

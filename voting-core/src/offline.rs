//! Totals of offline groups (PROTOCOL.md, "Totals of offline groups"): a survey's result, a paper
//! count, signed by whoever counted.
//!
//! ```text
//! group u16             position among the manifest's offline groups, from 0
//! ballots u64
//! marks u32 count, then u64 each, one a project in the manifest's order
//! signature 64          by the group's key, over election id and all of the above
//! ```

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::ElectionId;
use crate::keys::{BadSignature, SecretKey, Signature, VerifyKey};
use crate::tags;

/// The most projects whose marks are read; no manifest has more.
pub const MAX_PROJECTS: usize = 1024;

/// What a group that votes outside this system cast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineTotals {
    /// Position among the manifest's offline groups, from 0.
    pub group: u16,
    /// Counted ballots.
    pub ballots: u64,
    /// Marks by project position.
    pub marks: Vec<u64>,
}

impl OfflineTotals {
    /// Signs with the group's key.
    #[must_use]
    pub fn sign(self, election: &ElectionId, key: &SecretKey) -> SignedTotals {
        let signature = key.sign(tags::SIGN_OFFLINE_TOTALS, &self.signed_bytes(election));
        SignedTotals {
            totals: self,
            signature,
        }
    }

    fn signed_bytes(&self, election: &ElectionId) -> Vec<u8> {
        let mut w = Writer::new();
        election.encode(&mut w);
        self.encode(&mut w);
        w.into_bytes()
    }
}

/// An offline group's totals and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTotals {
    /// What was signed.
    pub totals: OfflineTotals,
    signature: Signature,
}

impl SignedTotals {
    /// Verifies the group's signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, election: &ElectionId, key: &VerifyKey) -> Result<(), BadSignature> {
        let message = self.totals.signed_bytes(election);
        key.verify(tags::SIGN_OFFLINE_TOTALS, &message, &self.signature)
    }
}

impl Encode for OfflineTotals {
    fn encode(&self, w: &mut Writer) {
        w.u16(self.group);
        w.u64(self.ballots);
        w.count(self.marks.len());
        self.marks.iter().for_each(|&marks| w.u64(marks));
    }
}

impl Decode for OfflineTotals {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (group, ballots) = (r.u16("offline group")?, r.u64("offline ballots")?);
        let projects = r.count(MAX_PROJECTS, "offline marks")?;
        let marks = (0..projects).map(|_| r.u64("offline marks"));
        Ok(Self {
            group,
            ballots,
            marks: marks.collect::<Result<_, _>>()?,
        })
    }
}

impl Encode for SignedTotals {
    fn encode(&self, w: &mut Writer) {
        self.totals.encode(w);
        self.signature.encode(w);
    }
}

impl Decode for SignedTotals {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            totals: OfflineTotals::decode(r)?,
            signature: Signature::decode(r)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{OfflineTotals, SignedTotals};
    use crate::codec::{Decode, Encode};
    use crate::ids::ElectionId;
    use crate::keys::SecretKey;

    fn sample() -> (SignedTotals, SecretKey) {
        let key = SecretKey::from_seed(&[31; 32]);
        let totals = OfflineTotals {
            group: 1,
            ballots: 900,
            marks: vec![900, 0, 17],
        };
        (totals.sign(&ElectionId::new([7; 32]), &key), key)
    }

    #[test]
    fn only_the_groups_own_totals_verify() {
        let (signed, key) = sample();
        let election = ElectionId::new([7; 32]);
        let verify = |signed: &SignedTotals| signed.verify(&election, &key.verify_key());
        assert!(verify(&signed).is_ok());
        let (mut ballots, mut marks, mut group) = (signed.clone(), signed.clone(), signed.clone());
        ballots.totals.ballots += 1;
        marks.totals.marks.swap(1, 2);
        group.totals.group = 0;
        assert!([ballots, marks, group].iter().all(|s| verify(s).is_err()));
        let other = ElectionId::new([8; 32]);
        assert!(signed.verify(&other, &key.verify_key()).is_err());
        let stranger = SecretKey::from_seed(&[32; 32]).verify_key();
        assert!(signed.verify(&election, &stranger).is_err());
    }

    #[test]
    fn its_bytes_are_read_back_and_nothing_else() {
        let (signed, _) = sample();
        let bytes = signed.to_bytes();
        assert_eq!(bytes.len(), 2 + 8 + 4 + 3 * 8 + 64);
        assert_eq!(SignedTotals::from_bytes(&bytes).as_ref(), Ok(&signed));
        for length in 0..bytes.len() {
            assert!(SignedTotals::from_bytes(&bytes[..length]).is_err());
        }
        assert!(SignedTotals::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
    }
}

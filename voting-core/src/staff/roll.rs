//! A staff member's claim that a roll file is to be judged or imported, towards the registrar.
//!
//! ```text
//! election id [32], number u64, class opt u16, replace u8, keep u8, file document   what is signed
//! .., staff position u16, signature [64]                                            what is sent
//! ```

use super::{Document, StaffError};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ClassIndex, ElectionId};
use crate::keys::{SecretKey, Signature, VerifyKey};
use crate::tags;

/// The most bytes of a roll file that is sent to a registrar.
pub const MAX_ROLL_FILE: usize = 32 << 20;

/// What is to be done with a roll file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollClaim {
    /// The election, so that a claim cannot be carried to another one.
    pub election: ElectionId,
    /// The last import before this one, 0 before the first: a claim serves one import.
    pub number: u64,
    /// The class of every row; without it the file has a column for it.
    pub class: Option<ClassIndex>,
    /// Whether the classes that the file has rows for lose what was on their rolls before.
    pub replace: bool,
    /// Whether the rows are kept, or judged and reported only.
    pub keep: bool,
    /// The file.
    pub file: Document,
}

/// A claim, and which member of the staff makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRollClaim {
    /// What was signed.
    pub claim: RollClaim,
    /// The member's position in the manifest, from 0.
    pub member: u16,
    /// Theirs; not verified.
    pub signature: Signature,
}

impl RollClaim {
    /// Signs as the member of the staff at a position.
    #[must_use]
    pub fn sign(self, member: u16, key: &SecretKey) -> SignedRollClaim {
        SignedRollClaim {
            claim: self,
            member,
            signature: key.sign(tags::SIGN_ROLL_CLAIM, &self.to_bytes()),
        }
    }
}

impl SignedRollClaim {
    /// Checks that whoever made the claim is one of `staff`.
    ///
    /// # Errors
    /// [`StaffError::Signature`].
    pub fn verify(&self, staff: &[VerifyKey]) -> Result<(), StaffError> {
        let error = StaffError::Signature(self.member);
        let key = staff.get(usize::from(self.member)).ok_or(error.clone())?;
        let message = self.claim.to_bytes();
        let verified = key.verify(tags::SIGN_ROLL_CLAIM, &message, &self.signature);
        verified.map_err(|_| error)
    }
}

impl Encode for RollClaim {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        w.u64(self.number);
        w.option(self.class.as_ref());
        w.u8(self.replace.into());
        w.u8(self.keep.into());
        self.file.encode(w);
    }
}

impl Decode for RollClaim {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            election: ElectionId::decode(r)?,
            number: r.u64("import number")?,
            class: r.option("class flag")?,
            replace: flag(r, "replace flag")?,
            keep: flag(r, "keep flag")?,
            file: Document::decode(r)?,
        })
    }
}

fn flag(r: &mut Reader<'_>, field: &'static str) -> Result<bool, DecodeError> {
    match r.u8(field)? {
        0 => Ok(false),
        1 => Ok(true),
        value => Err(DecodeError::Unknown {
            field,
            value: value.into(),
        }),
    }
}

impl Encode for SignedRollClaim {
    fn encode(&self, w: &mut Writer) {
        self.claim.encode(w);
        w.u16(self.member);
        self.signature.encode(w);
    }
}

impl Decode for SignedRollClaim {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            claim: RollClaim::decode(r)?,
            member: r.u16("staff position")?,
            signature: Signature::decode(r)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim() -> RollClaim {
        RollClaim {
            election: ElectionId::new([1; 32]),
            number: 2,
            class: Some(ClassIndex::new(3)),
            replace: false,
            keep: true,
            file: Document::of(b"ci\na\n").unwrap(),
        }
    }

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(&[n; 32])
    }

    fn staff() -> Vec<VerifyKey> {
        [1, 2].map(|n| key(n).verify_key()).to_vec()
    }

    #[test]
    fn a_claim_keeps_its_bytes() {
        let column = RollClaim {
            class: None,
            replace: true,
            keep: false,
            ..claim()
        };
        for claim in [claim(), column] {
            let signed = claim.sign(1, &key(2));
            let decoded = SignedRollClaim::from_bytes(&signed.to_bytes()).unwrap();
            assert_eq!(decoded, signed);
            assert_eq!(decoded.verify(&staff()), Ok(()));
        }
    }

    #[test]
    fn only_a_member_signs_and_only_as_themselves() {
        for (member, by) in [(0, 2), (1, 1), (0, 3), (2, 1)] {
            let signed = claim().sign(member, &key(by));
            let refused = Err(StaffError::Signature(member));
            assert_eq!(signed.verify(&staff()), refused, "{member} {by}");
        }
    }

    #[test]
    fn a_signature_holds_for_nothing_else() {
        let signed = claim().sign(0, &key(1));
        assert_eq!(signed.verify(&staff()), Ok(()));
        let changes: [fn(&mut RollClaim); 6] = [
            |c| c.election = ElectionId::new([9; 32]),
            |c| c.number = 3,
            |c| c.class = None,
            |c| c.replace = true,
            |c| c.keep = false,
            |c| c.file = Document::of(b"ci\nb\n").unwrap(),
        ];
        for change in changes {
            let mut changed = signed;
            change(&mut changed.claim);
            assert_eq!(changed.verify(&staff()), Err(StaffError::Signature(0)));
        }
        let mut elsewhere = signed;
        elsewhere.signature = key(1).sign(tags::SIGN_STAFF, &claim().to_bytes());
        assert!(elsewhere.verify(&staff()).is_err());
    }

    #[test]
    fn other_flags_and_other_lengths_are_refused() {
        let bytes = claim().sign(0, &key(1)).to_bytes();
        // Behind the election and the number: class flag and class, replace, keep.
        for at in [40, 43, 44] {
            let mut changed = bytes.clone();
            changed[at] = 2;
            let decoded = SignedRollClaim::from_bytes(&changed);
            assert!(
                matches!(decoded, Err(DecodeError::Unknown { value: 2, .. })),
                "{at}"
            );
        }
        for length in 0..bytes.len() {
            assert!(SignedRollClaim::from_bytes(&bytes[..length]).is_err());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(
            SignedRollClaim::from_bytes(&longer),
            Err(DecodeError::Trailing(1))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_decode_canonically_or_not_at_all(bytes: Vec<u8>) {
            if let Ok(signed) = SignedRollClaim::from_bytes(&bytes) {
                prop_assert_eq!(signed.to_bytes(), bytes);
            }
        }
    }
}

//! A trustee's decryption share: `D_j = x_j A` for each project, each with its proof.
//!
//! The challenge of a project's proof hashes, under [`tags::DECRYPTION_CHALLENGE`], each with its
//! length first: election id, `H`, close root, group u16, project index u32, trustee u16, `Y_j`,
//! `A`, `B`, `D_j`, and both commitments `K_1 = k G`, `K_2 = k A`.

use super::{DecryptionError, GroupId};
use crate::ceremony::{KeyShare, PublicKeys};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::dleq::Proof;
use crate::elgamal::Ciphertext;
use crate::group::{Point, decode_point};
use crate::ids::{ElectionId, LeafIndex, LogHash, TrusteeId};
use crate::tags;
use crate::transcript::Transcript;
use crate::trustee::TrusteeMessage;
use rand_core::CryptoRng;

use super::CiphertextSums;

/// The most projects whose shares fit one log entry, at 96 bytes each.
pub const MAX_PROJECTS: usize = 670;

/// What is decrypted: the sums of one group of ballots, recomputed from the verified log.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The election.
    pub election: ElectionId,
    /// Its keys, verified by the ceremony.
    pub keys: &'a PublicKeys,
    /// Index of the close entry, and root of the tree that ends with it.
    pub close: (LeafIndex, LogHash),
    /// The group.
    pub group: GroupId,
    /// The group's sums.
    pub sums: &'a CiphertextSums,
}

/// One trustee's share of one group: `trustee u16 | close index u64 | close root 32 | group u16 |
/// count u32 | (D 32 | c 32 | z 32)` for each project in the manifest's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptionShare {
    pub(super) trustee: TrusteeId,
    pub(super) close: (LeafIndex, LogHash),
    pub(super) group: GroupId,
    pub(super) projects: Vec<ProjectShare>,
}

/// `D_j` of one project and its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProjectShare {
    pub(super) d: Point,
    pub(super) proof: Proof,
}

/// Decrypts this trustee's share of a group, in constant time.
///
/// The caller must have recomputed the sums from the verified log, and must never make shares of
/// two sets of ballots that differ by a few: their difference would be decrypted with them.
///
/// # Errors
/// [`DecryptionError::OtherKey`] if the key share is not of these keys.
pub fn prove(
    rng: &mut impl CryptoRng,
    key: &KeyShare,
    statement: &Statement<'_>,
) -> Result<DecryptionShare, DecryptionError> {
    let trustee = key.trustee();
    let y = statement.verifying_share(trustee)?;
    if *key.election() != statement.election || key.verifying_share() != *y {
        return Err(DecryptionError::OtherKey);
    }
    let mut projects = Vec::with_capacity(statement.sums.ciphertexts().len());
    for (project, sum) in (0..).zip(statement.sums.ciphertexts()) {
        let d = key.secret() * sum.a;
        let transcript = statement.transcript(project, trustee, y, sum, &d);
        let proof = Proof::prove(rng, transcript, key.secret(), &[sum.a]);
        projects.push(ProjectShare { d, proof });
    }
    Ok(DecryptionShare {
        trustee,
        close: statement.close,
        group: statement.group,
        projects,
    })
}

impl DecryptionShare {
    /// The group whose sums this is a share of.
    #[must_use]
    pub const fn group(&self) -> GroupId {
        self.group
    }

    /// Verifies the share of every project.
    ///
    /// # Errors
    /// [`DecryptionError`] naming the trustee and the first project at fault.
    pub fn verify(&self, statement: &Statement<'_>) -> Result<(), DecryptionError> {
        let trustee = self.trustee;
        let y = statement.verifying_share(trustee)?;
        self.check_shape(statement)?;
        let sums = statement.sums.ciphertexts();
        for (project, (sum, share)) in sums.iter().zip(&self.projects).enumerate() {
            let transcript = statement.transcript(project, trustee, y, sum, &share.d);
            share
                .proof
                .verify(transcript, y, &[(sum.a, share.d)])
                .map_err(|_| DecryptionError::BadProof { trustee, project })?;
        }
        Ok(())
    }

    fn check_shape(&self, statement: &Statement<'_>) -> Result<(), DecryptionError> {
        let trustee = self.trustee;
        if self.close != statement.close {
            return Err(DecryptionError::OtherClose(trustee));
        }
        if self.group != statement.group {
            return Err(DecryptionError::OtherGroup {
                trustee,
                found: self.group,
                expected: statement.group,
            });
        }
        let (found, expected) = (self.projects.len(), statement.sums.ciphertexts().len());
        if found != expected {
            return Err(DecryptionError::ProjectCount {
                trustee,
                found,
                expected,
            });
        }
        Ok(())
    }
}

impl Statement<'_> {
    fn verifying_share(&self, id: TrusteeId) -> Result<&Point, DecryptionError> {
        let share = self.keys.verifying_share(id);
        share.map_err(|_| DecryptionError::UnknownTrustee(id))
    }

    fn transcript(
        &self,
        project: usize,
        trustee: TrusteeId,
        y: &Point,
        sum: &Ciphertext,
        d: &Point,
    ) -> Transcript {
        let mut transcript = Transcript::new(tags::DECRYPTION_CHALLENGE);
        transcript.append_value(&self.election);
        transcript.append(self.keys.election_key().compress().as_bytes());
        transcript.append_value(&self.close.1);
        transcript.append_value(&self.group);
        transcript.append_value(&ProjectIndex(project));
        transcript.append_value(&trustee);
        for point in [y, &sum.a, &sum.b, d] {
            transcript.append(point.compress().as_bytes());
        }
        transcript
    }
}

/// A project's position as `u32`.
struct ProjectIndex(usize);

impl Encode for ProjectIndex {
    fn encode(&self, w: &mut Writer) {
        w.count(self.0);
    }
}

impl TrusteeMessage for DecryptionShare {
    const KIND: u8 = 5;
    const NAME: &'static str = "decryption";

    fn trustee(&self) -> TrusteeId {
        self.trustee
    }
}

impl Encode for DecryptionShare {
    fn encode(&self, w: &mut Writer) {
        self.trustee.encode(w);
        self.close.0.encode(w);
        self.close.1.encode(w);
        self.group.encode(w);
        w.count(self.projects.len());
        for share in &self.projects {
            w.fixed(share.d.compress().as_bytes());
            share.proof.encode(w);
        }
    }
}

impl Decode for DecryptionShare {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let trustee = TrusteeId::decode(r)?;
        let close = (LeafIndex::decode(r)?, LogHash::decode(r)?);
        let group = GroupId::decode(r)?;
        let count = r.count(MAX_PROJECTS, "decryption shares")?;
        let projects = (0..count).map(|_| ProjectShare::decode(r));
        Ok(Self {
            trustee,
            close,
            group,
            projects: projects.collect::<Result<_, _>>()?,
        })
    }
}

impl Decode for ProjectShare {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            // The identity is the right share of a sum of no ballots.
            d: decode_point(&r.array("decryption share")?, "decryption share")?,
            proof: Proof::decode(r)?,
        })
    }
}

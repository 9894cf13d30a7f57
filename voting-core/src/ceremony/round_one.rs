//! Round one: each trustee commits to its polynomial.

use super::setup::CeremonyMessage;
use super::{Attempt, CeremonyError, CeremonyHash, MAX_TRUSTEES, PublicKeys, Setup};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::group::{Point, Scalar, decode_nonidentity, decode_scalar};
use crate::ids::TrusteeId;
use crate::tags;
use crate::transcript::Transcript;
use crate::trustee::{Signed, TrusteeMessage};
use curve25519_dalek::traits::VartimeMultiscalarMul;
use sha2::{Digest, Sha512};
use std::collections::BTreeMap;

/// What FROST(ristretto255, SHA-512) puts before every hash of its key generation.
const HDKG: &[u8] = b"FROST-RISTRETTO255-SHA512-v1dkg";

/// FROST's proof that a trustee knows its polynomial's constant term: a Schnorr signature (R, z).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofOfPossession {
    pub(super) r: Point,
    pub(super) z: Scalar,
}

impl Encode for ProofOfPossession {
    fn encode(&self, w: &mut Writer) {
        w.fixed(self.r.compress().as_bytes());
        w.fixed(self.z.as_bytes());
    }
}

impl Decode for ProofOfPossession {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        const R: &str = "proof of possession R";
        const Z: &str = "proof of possession z";
        Ok(Self {
            r: decode_nonidentity(&r.array(R)?, R)?,
            z: decode_scalar(&r.array(Z)?, Z)?,
        })
    }
}

/// A trustee's first message: `trustee u16 | attempt u16 | count u32 | commitments | R | z`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundOne {
    pub(super) trustee: TrusteeId,
    pub(super) attempt: Attempt,
    /// `phi_k = a_k G` for the polynomial's coefficients `a_0, ..., a_(t-1)`.
    pub(super) commitments: Vec<Point>,
    pub(super) proof: ProofOfPossession,
}

impl RoundOne {
    /// The polynomial's value at `id`, times G: what the share for `id` must match.
    pub(super) fn commitment_at(&self, id: TrusteeId) -> Point {
        evaluate(&self.commitments, id)
    }

    fn check(&self, setup: &Setup) -> Result<(), CeremonyError> {
        let (trustee, expected) = (self.trustee, setup.threshold.needed());
        let found = self.commitments.len();
        if found != usize::from(expected) {
            return Err(CeremonyError::CommitmentCount {
                trustee,
                found,
                expected,
            });
        }
        self.check_possession()
    }

    /// `R = z G - c phi_0` with `c = SHA-512(HDKG | identifier | phi_0 | R) mod l`.
    fn check_possession(&self) -> Result<(), CeremonyError> {
        let [secret, ..] = self.commitments.as_slice() else {
            return Err(CeremonyError::ProofOfPossession(self.trustee));
        };
        let c = possession_challenge(self.trustee, secret, &self.proof.r);
        let r = Point::vartime_double_scalar_mul_basepoint(&-c, secret, &self.proof.z);
        if r == self.proof.r {
            Ok(())
        } else {
            Err(CeremonyError::ProofOfPossession(self.trustee))
        }
    }
}

impl TrusteeMessage for RoundOne {
    const KIND: u8 = 1;
    const NAME: &'static str = "first-round";

    fn trustee(&self) -> TrusteeId {
        self.trustee
    }
}

impl CeremonyMessage for RoundOne {
    fn attempt(&self) -> Attempt {
        self.attempt
    }
}

impl Encode for RoundOne {
    fn encode(&self, w: &mut Writer) {
        self.trustee.encode(w);
        self.attempt.encode(w);
        w.count(self.commitments.len());
        for commitment in &self.commitments {
            w.fixed(commitment.compress().as_bytes());
        }
        self.proof.encode(w);
    }
}

impl Decode for RoundOne {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (trustee, attempt) = (TrusteeId::decode(r)?, Attempt::decode(r)?);
        let count = r.count(MAX_TRUSTEES.into(), "commitments")?;
        let commitments = (0..count)
            .map(|_| decode_nonidentity(&r.array("commitment")?, "commitment"))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            trustee,
            attempt,
            commitments,
            proof: ProofOfPossession::decode(r)?,
        })
    }
}

/// The commitments of the first-round messages so far, with whose they are.
#[derive(Clone, Debug, Default)]
pub struct Commitments(BTreeMap<[u8; 32], TrusteeId>);

impl Commitments {
    /// Verifies one message - exactly t commitments, proof of possession, no commitment twice, in
    /// it or in the messages before - and takes its commitments in. Its signature and attempt are
    /// for [`Setup::open`].
    ///
    /// # Errors
    /// [`CeremonyError`] naming the trustee at fault; the commitments are as before.
    pub fn add(&mut self, setup: &Setup, message: &RoundOne) -> Result<(), CeremonyError> {
        message.check(setup)?;
        let trustee = message.trustee;
        let mut own = BTreeMap::new();
        for commitment in &message.commitments {
            let bytes = commitment.compress().to_bytes();
            let earlier = self.0.get(&bytes).copied();
            if let Some(of) = earlier.or(own.insert(bytes, trustee)) {
                return Err(CeremonyError::RepeatedCommitment { trustee, of });
            }
        }
        self.0.extend(own);
        Ok(())
    }
}

/// The verified first-round messages of all trustees, in their order, and the keys they make.
#[derive(Clone, Debug)]
pub struct RoundOneSet {
    pub(super) setup: Setup,
    pub(super) messages: Vec<RoundOne>,
    pub(super) hash: CeremonyHash,
    pub(super) keys: PublicKeys,
}

impl RoundOneSet {
    /// Verifies exactly one message from each trustee: signature, attempt, exactly t commitments,
    /// proof of possession, no commitment twice; and derives the keys.
    ///
    /// # Errors
    /// [`CeremonyError`] naming the trustee at fault.
    pub fn verify(setup: &Setup, messages: &[Signed<RoundOne>]) -> Result<Self, CeremonyError> {
        let messages = setup.open_all(messages)?;
        let mut commitments = Commitments::default();
        for message in &messages {
            commitments.add(setup, message)?;
        }
        Ok(Self {
            keys: PublicKeys::derive(setup.threshold, &messages)?,
            hash: hash(setup, &messages),
            setup: setup.clone(),
            messages,
        })
    }

    /// The parameters of this attempt.
    #[must_use]
    pub const fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The keys that these messages make, final once all trustees have confirmed them.
    #[must_use]
    pub const fn public_keys(&self) -> &PublicKeys {
        &self.keys
    }

    pub(super) fn of(&self, id: TrusteeId) -> Result<&RoundOne, CeremonyError> {
        Ok(&self.messages[self.setup.threshold.position(id)?])
    }
}

/// `sum_k id^k commitments[k]`, in variable time.
pub(super) fn evaluate(commitments: &[Point], id: TrusteeId) -> Point {
    let x = Scalar::from(id.get());
    let powers = std::iter::successors(Some(Scalar::ONE), |power| Some(power * x));
    let powers: Vec<Scalar> = powers.take(commitments.len()).collect();
    Point::vartime_multiscalar_mul(&powers, commitments)
}

fn possession_challenge(trustee: TrusteeId, secret: &Point, r: &Point) -> Scalar {
    let hash = Sha512::new()
        .chain_update(HDKG)
        .chain_update(Scalar::from(trustee.get()).as_bytes())
        .chain_update(secret.compress().as_bytes())
        .chain_update(r.compress().as_bytes());
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn hash(setup: &Setup, messages: &[RoundOne]) -> CeremonyHash {
    let mut transcript = Transcript::new(tags::CEREMONY_ROUND_ONE);
    transcript.append_value(&setup.election);
    transcript.append_value(&setup.attempt);
    transcript.append_value(&setup.threshold);
    for message in messages {
        transcript.append_value(message);
    }
    CeremonyHash::new(transcript.digest())
}

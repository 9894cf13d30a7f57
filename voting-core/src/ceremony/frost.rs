//! The border to `frost-ristretto255`, which has a curve25519-dalek, a sha2 and a rand_core of its
//! own: points and scalars cross it as canonical 32-byte encodings, in both directions.

use super::{CeremonyError, ProofOfPossession, PublicKeys, RoundOne, Threshold};
use crate::group::{Point, Scalar, decode_nonidentity, decode_scalar};
use crate::ids::TrusteeId;
use frost_ristretto255::keys::dkg::{self, round1, round2};
use frost_ristretto255::keys::{
    PublicKeyPackage, SigningShare, VerifiableSecretSharingCommitment as Commitments,
};
use frost_ristretto255::rand_core as old;
use frost_ristretto255::{Identifier, Signature};
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What a dealer keeps: its polynomial.
pub(super) type Polynomial = round1::SecretPackage;
/// What a recipient keeps: its share of its own polynomial.
pub(super) type OwnShare = round2::SecretPackage;
/// A share of another trustee's polynomial, and whose it is.
pub(super) type Share = (TrusteeId, Zeroizing<[u8; 32]>);

type Result<T> = std::result::Result<T, CeremonyError>;

/// FROST's first part.
pub(super) fn commit(
    id: TrusteeId,
    threshold: Threshold,
    rng: &mut impl CryptoRng,
) -> Result<(Polynomial, Vec<Point>, ProofOfPossession)> {
    let (n, t) = (threshold.trustees(), threshold.needed());
    let (secret, package) = dkg::part1(identifier(id)?, n, t, OldRng(rng)).or(ours())?;
    let commitments = package.commitment().serialize().or(ours())?;
    let commitments = commitments
        .iter()
        .map(|c| point(c))
        .collect::<Result<_>>()?;
    let proof = package.proof_of_knowledge().serialize().or(ours())?;
    let (r, z) = proof.split_at_checked(32).ok_or(CeremonyError::Frost)?;
    let proof = ProofOfPossession {
        r: point(r)?,
        z: *scalar(z)?,
    };
    Ok((secret, commitments, proof))
}

/// FROST's second part: the shares for the senders of `others`, in the order of `others`.
pub(super) fn deal(secret: Polynomial, others: &[&RoundOne]) -> Result<(OwnShare, Vec<Share>)> {
    let (own, packages) = dkg::part2(secret, &packages(others)?).or(ours())?;
    let shares = others.iter().map(|other| {
        let package = packages.get(&identifier(other.trustee)?);
        let share = package.ok_or(CeremonyError::Frost)?.signing_share();
        let bytes = Zeroizing::new(share.serialize());
        Ok((other.trustee, array(&bytes)?))
    });
    Ok((own, shares.collect::<Result<_>>()?))
}

/// FROST's third part: `x_j`, after FROST has found the same public keys as everyone.
pub(super) fn finish(
    secret: &OwnShare,
    others: &[&RoundOne],
    shares: &[Share],
    keys: &PublicKeys,
) -> Result<Zeroizing<Scalar>> {
    let mut received = BTreeMap::new();
    for (id, share) in shares {
        let share = SigningShare::deserialize(share.as_ref()).or(ours())?;
        received.insert(identifier(*id)?, round2::Package::new(share));
    }
    let (key, public) = dkg::part3(secret, &packages(others)?, &received).or(ours())?;
    check_keys(&public, keys)?;
    scalar(&Zeroizing::new(key.signing_share().serialize()))
}

/// The package that FROST reads a first-round message as.
pub(super) fn package(message: &RoundOne) -> Result<round1::Package> {
    let commitments = message.commitments.iter().map(|c| c.compress().to_bytes());
    let proof = [
        message.proof.r.compress().to_bytes(),
        message.proof.z.to_bytes(),
    ];
    Ok(round1::Package::new(
        Commitments::deserialize(commitments).or(ours())?,
        Signature::deserialize(proof.as_flattened()).or(ours())?,
    ))
}

pub(super) fn identifier(id: TrusteeId) -> Result<Identifier> {
    Identifier::try_from(id.get()).or(ours())
}

fn packages(messages: &[&RoundOne]) -> Result<BTreeMap<Identifier, round1::Package>> {
    let one = |m: &&RoundOne| Ok((identifier(m.trustee)?, package(m)?));
    messages.iter().map(one).collect()
}

fn check_keys(found: &PublicKeyPackage, keys: &PublicKeys) -> Result<()> {
    let same = |found: Vec<u8>, key: &Point| found == key.compress().as_bytes();
    let mut agree = same(
        found.verifying_key().serialize().or(ours())?,
        keys.election_key(),
    );
    for id in keys.threshold().ids() {
        let share = found.verifying_shares().get(&identifier(id)?);
        let share = share.ok_or(CeremonyError::Frost)?.serialize().or(ours())?;
        agree &= same(share, keys.verifying_share(id)?);
    }
    agree.then_some(()).ok_or(CeremonyError::Frost)
}

/// Everything that reaches FROST has been verified before: an error there is ours.
fn ours<T>() -> Result<T> {
    Err(CeremonyError::Frost)
}

fn array(bytes: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let mut array = Zeroizing::new([0; 32]);
    if bytes.len() != array.len() {
        return ours();
    }
    array.copy_from_slice(bytes);
    Ok(array)
}

fn point(bytes: &[u8]) -> Result<Point> {
    decode_nonidentity(&*array(bytes)?, "point of FROST").or(ours())
}

fn scalar(bytes: &[u8]) -> Result<Zeroizing<Scalar>> {
    let scalar = decode_scalar(&*array(bytes)?, "scalar of FROST");
    scalar.map(Zeroizing::new).or(ours())
}

/// A generator of rand_core 0.10 as FROST's rand_core 0.6 wants it.
struct OldRng<'a, R>(&'a mut R);

impl<R: CryptoRng> old::RngCore for OldRng<'_, R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> std::result::Result<(), old::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}

impl<R: CryptoRng> old::CryptoRng for OldRng<'_, R> {}

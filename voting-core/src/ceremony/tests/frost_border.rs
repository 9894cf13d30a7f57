//! Ours and FROST's agree, across two versions of curve25519-dalek.

use super::*;
use crate::ceremony::frost;
use frost_ristretto255::keys::{PublicKeyPackage, SigningShare, VerifyingShare, dkg};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// FROST's own view of the public keys.
fn keys_of_frost(set: &RoundOneSet) -> PublicKeyPackage {
    let packages: BTreeMap<_, _> = set
        .messages
        .iter()
        .map(|m| {
            let id = frost::identifier(m.trustee).unwrap();
            (id, frost::package(m).unwrap())
        })
        .collect();
    let commitments = packages.iter().map(|(id, p)| (*id, p.commitment()));
    PublicKeyPackage::from_dkg_commitments(&commitments.collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn derived_keys_are_those_of_frost(n in 2_u16..8, t in 2_u16..8, seed: u64) {
        let t = t.min(n);
        let mut world = World::new(t, n);
        world.rng = ChaCha20Rng::seed_from_u64(seed);
        let (_, messages) = world.commit();
        let set = RoundOneSet::verify(&world.setup, &messages).unwrap();
        let ours = set.public_keys();
        let theirs = keys_of_frost(&set);
        let bytes = |p: &Point| p.compress().to_bytes().to_vec();
        prop_assert_eq!(
            theirs.verifying_key().serialize().unwrap(),
            bytes(ours.election_key())
        );
        for id in set.setup().threshold().ids() {
            let share = theirs.verifying_shares()[&frost::identifier(id).unwrap()];
            prop_assert_eq!(
                share.serialize().unwrap(),
                bytes(ours.verifying_share(id).unwrap())
            );
        }
    }

    #[test]
    fn scalars_and_points_are_the_same_in_both_versions(wide in any::<[[u8; 32]; 2]>()) {
        let wide: [u8; 64] = wide.as_flattened().try_into().unwrap();
        let scalar = Scalar::from_bytes_mod_order_wide(&wide);
        let theirs = SigningShare::deserialize(scalar.as_bytes()).unwrap();
        prop_assert_eq!(theirs.serialize(), scalar.to_bytes().to_vec());
        let point = VerifyingShare::from(theirs).serialize().unwrap();
        prop_assert_eq!(point, Point::mul_base(&scalar).compress().to_bytes().to_vec());
    }
}

/// Runs FROST's second part of trustee 1 over what trustee 2 published; it verifies the proof.
fn frost_accepts(message: &RoundOne) -> bool {
    let mut world = World::new(2, 2);
    let threshold = world.setup.threshold();
    let (secret, ..) = frost::commit(id(1), threshold, &mut world.rng).unwrap();
    let other = frost::identifier(id(2)).unwrap();
    let packages = BTreeMap::from([(other, frost::package(message).unwrap())]);
    dkg::part2(secret, &packages).is_ok()
}

#[test]
fn both_judge_the_proof_of_possession_alike() {
    let mut world = World::new(2, 2);
    let (_, messages) = world.commit();
    let honest = world.setup.open(&messages[1]).unwrap();
    let ours = |m: &RoundOne| {
        let messages = [messages[0].clone(), world.sign(m.clone())];
        RoundOneSet::verify(&world.setup, &messages).is_ok()
    };
    assert!(ours(honest) && frost_accepts(honest));
    let mut wrong = honest.clone();
    wrong.proof.z += Scalar::ONE;
    assert!(!ours(&wrong) && !frost_accepts(&wrong));
    let mut wrong = honest.clone();
    wrong.proof.r += Point::mul_base(&Scalar::ONE);
    assert!(!ours(&wrong) && !frost_accepts(&wrong));
}

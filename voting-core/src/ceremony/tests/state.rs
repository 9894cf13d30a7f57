//! The trustee's stored states.

use super::*;
use crate::codec::DecodeError;

#[test]
fn a_state_of_another_attempt_or_election_is_refused() {
    let mut world = World::new(2, 3);
    let (mut dealers, _) = world.commit();
    let keys = world.setup.threshold().ids();
    let keys = keys.map(|id| world.setup.keys(id).unwrap().clone());
    world.setup = Setup::new(election(), Attempt::new(1), 2, keys.collect()).unwrap();
    let (_, messages) = world.commit();
    let set = RoundOneSet::verify(&world.setup, &messages).unwrap();
    let verdict = dealers.remove(0).deal(&set, &mut world.rng).map(|_| ());
    assert_eq!(verdict, Err(CeremonyError::OtherState));
}

#[test]
fn a_trustee_notices_that_its_own_message_was_replaced() {
    let mut world = World::new(2, 3);
    let (mut dealers, _) = world.commit();
    let (_, messages) = world.commit();
    let set = RoundOneSet::verify(&world.setup, &messages).unwrap();
    let verdict = dealers.remove(0).deal(&set, &mut world.rng).map(|_| ());
    let expected = Err(CeremonyError::OwnMessageChanged(RoundOne::NAME));
    assert_eq!(verdict, expected);

    let mut dealt = world.deal();
    let other = world.deal();
    let set = world.sets(&other);
    let secret = &world.trustees[0].encryption;
    let verdict = dealt.recipients.remove(0);
    let verdict = verdict.finish(&set, secret, &mut world.rng).map(|_| ());
    let expected = Err(CeremonyError::OwnMessageChanged(RoundTwo::NAME));
    assert_eq!(verdict, expected);
}

#[test]
fn the_wrong_encryption_secret_is_refused_before_anything_is_opened() {
    let mut world = World::new(2, 3);
    let secret = EncryptionSecret::generate(&mut world.rng);
    let verdict = Dealer::start(&world.setup, id(1), &secret, &mut world.rng);
    assert_eq!(verdict.map(|_| ()), Err(CeremonyError::WrongSecret));
    let mut dealt = world.deal();
    let set = world.sets(&dealt);
    let verdict = dealt.recipients.remove(0);
    let verdict = verdict.finish(&set, &secret, &mut world.rng).map(|_| ());
    assert_eq!(verdict, Err(CeremonyError::WrongSecret));
}

#[test]
fn damaged_states_are_refused() {
    let mut world = World::new(2, 3);
    let (dealers, _) = world.commit();
    let bytes = dealers[0].to_secret_bytes().unwrap();
    for length in 0..bytes.len() {
        assert!(Dealer::from_secret_bytes(&bytes[..length]).is_err());
    }
    let wrong_kind = Recipient::from_secret_bytes(&bytes).map(|_| ());
    let (field, value) = ("kind of state", 0x11);
    let expected = CeremonyError::State(DecodeError::Unknown { field, value });
    assert_eq!(wrong_kind, Err(expected));
    let share = KeyShare::new(election(), id(1), Scalar::from(5_u8)).to_secret_bytes();
    for length in 0..share.len() {
        assert!(KeyShare::from_secret_bytes(&share[..length]).is_err());
    }
}

#[test]
fn keys_round_trip_as_text_and_bytes() {
    let mut world = World::new(2, 2);
    let secret = EncryptionSecret::generate(&mut world.rng);
    let stored = EncryptionSecret::from_bytes(&secret.to_bytes()).unwrap();
    let key = secret.public_key();
    assert_eq!(stored.public_key(), key);
    assert_eq!(key.to_string().parse(), Ok(key));
    assert_eq!(through_bytes(&key), key);
    let json = serde_json::to_string(&key).unwrap();
    assert_eq!(serde_json::from_str::<EncryptionKey>(&json).unwrap(), key);
    assert!(EncryptionSecret::from_bytes(&[0; 32]).is_err());
    assert!(EncryptionSecret::from_bytes(&[0xff; 32]).is_err());
    assert!(EncryptionKey::new(&[0; 32]).is_err());
    assert!(
        key.to_string()
            .to_uppercase()
            .parse::<EncryptionKey>()
            .is_err()
    );
}

//! Decoders never panic, and accept only what the encoders write.

use super::*;
use crate::codec::DecodeError;
use crate::decryption::DecryptionShare;
use proptest::prelude::*;
use std::sync::LazyLock;

/// One signed message of each kind.
static MESSAGES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    let (_, confirmations) = world.finish(&mut dealt);
    [
        dealt.first[0].to_bytes(),
        dealt.second[0].to_bytes(),
        confirmations[0].to_bytes(),
    ]
});

fn canonical<T: Encode + Decode>(bytes: &[u8]) -> bool {
    T::from_bytes(bytes).map_or(true, |value| value.to_bytes() == bytes)
}

fn all_canonical(bytes: &[u8]) -> bool {
    canonical::<Signed<RoundOne>>(bytes)
        && canonical::<Signed<RoundTwo>>(bytes)
        && canonical::<Signed<Complaint>>(bytes)
        && canonical::<Signed<Confirmation>>(bytes)
        && canonical::<Signed<DecryptionShare>>(bytes)
        && canonical::<PublicKeys>(bytes)
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_canonical(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(all_canonical(&bytes));
        prop_assert!(Dealer::from_secret_bytes(&bytes).is_err());
        prop_assert!(Recipient::from_secret_bytes(&bytes).is_err());
        prop_assert!(KeyShare::from_secret_bytes(&bytes).is_err());
    }

    #[test]
    fn changed_messages_are_refused_or_canonical(
        kind in 0_usize..3,
        at: prop::sample::Index,
        bit in 0_u8..8,
    ) {
        let mut bytes = MESSAGES[kind].clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(all_canonical(&bytes));
    }

    #[test]
    fn cut_messages_are_refused(kind in 0_usize..3, at: prop::sample::Index) {
        let bytes = &MESSAGES[kind][..at.index(MESSAGES[kind].len())];
        prop_assert!(Signed::<RoundOne>::from_bytes(bytes).is_err());
        prop_assert!(Signed::<RoundTwo>::from_bytes(bytes).is_err());
        prop_assert!(Signed::<Confirmation>::from_bytes(bytes).is_err());
    }
}

#[test]
fn a_message_of_another_kind_or_version_is_refused() {
    let mut bytes = MESSAGES[0].clone();
    let (field, value) = ("message kind", 1);
    let expected = Err(DecodeError::Unknown { field, value });
    assert_eq!(Signed::<RoundTwo>::from_bytes(&bytes), expected);
    bytes[0] = 2;
    let (field, value) = ("version", 2);
    let expected = Err(DecodeError::Unknown { field, value });
    assert_eq!(Signed::<RoundOne>::from_bytes(&bytes), expected);
}

#[test]
fn trailing_bytes_identities_and_long_lists_are_refused() {
    let mut bytes = MESSAGES[0].clone();
    bytes.push(0);
    let trailing = Err(DecodeError::Trailing(1));
    assert_eq!(Signed::<RoundOne>::from_bytes(&bytes), trailing);
    let mut bytes = MESSAGES[0].clone();
    // version, kind, trustee, attempt, count: the first commitment begins at 10.
    bytes[10..42].fill(0);
    let identity = Err(DecodeError::Identity("commitment"));
    assert_eq!(Signed::<RoundOne>::from_bytes(&bytes), identity);
    bytes[6..10].fill(0xff);
    assert!(matches!(
        Signed::<RoundOne>::from_bytes(&bytes),
        Err(DecodeError::TooLong { .. })
    ));
}

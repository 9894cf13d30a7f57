//! A whole ceremony, through bytes; the lies and the border to FROST are in the files below.

mod bytes;
mod frost_border;
mod lies;
mod state;

use super::*;
use crate::codec::{Decode, Encode};
use crate::decryption::{CiphertextSums, Combiner, DecryptionError, GroupId, Statement, prove};
use crate::elgamal::Ciphertext;
use crate::group::{Point, Scalar};
use crate::ids::{ElectionId, LeafIndex, LogHash, TrusteeId};
use crate::keys::SecretKey;
use crate::trustee::TrusteeMessage;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

struct Trustee {
    id: TrusteeId,
    signing: SecretKey,
    encryption: EncryptionSecret,
}

/// The trustees of an election and a generator.
struct World {
    setup: Setup,
    trustees: Vec<Trustee>,
    rng: ChaCha20Rng,
}

/// The published messages of an attempt and what each trustee keeps.
struct Dealt {
    first: Vec<Signed<RoundOne>>,
    second: Vec<Signed<RoundTwo>>,
    recipients: Vec<Recipient>,
}

fn election() -> ElectionId {
    ElectionId::of(b"a manifest")
}

fn id(n: u16) -> TrusteeId {
    TrusteeId::new(n)
}

fn through_bytes<T: Encode + Decode>(value: &T) -> T {
    T::from_bytes(&value.to_bytes()).unwrap()
}

impl World {
    fn new(t: u16, n: u16) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64((u64::from(t) << 16) + u64::from(n));
        let trustees: Vec<Trustee> = (1..=n)
            .map(|i| Trustee {
                id: id(i),
                signing: SecretKey::generate(&mut rng),
                encryption: EncryptionSecret::generate(&mut rng),
            })
            .collect();
        let keys = trustees.iter().map(|t| TrusteeKeys {
            signing: t.signing.verify_key(),
            encryption: t.encryption.public_key(),
        });
        let setup = Setup::new(election(), Attempt::new(0), t, keys.collect()).unwrap();
        Self {
            setup,
            trustees,
            rng,
        }
    }

    fn sign<T: TrusteeMessage>(&self, body: T) -> Signed<T> {
        let key = &self.trustees[usize::from(body.trustee().get()) - 1].signing;
        through_bytes(&Signed::sign(body, self.setup.election(), key))
    }

    /// Signs a changed body in place of what the trustee published.
    fn forge<T>(&self, messages: &mut [Signed<T>], position: usize, change: impl FnOnce(&mut T))
    where
        T: CeremonyMessage,
    {
        let mut body = self.setup.open(&messages[position]).unwrap().clone();
        change(&mut body);
        messages[position] = self.sign(body);
    }

    fn commit(&mut self) -> (Vec<Dealer>, Vec<Signed<RoundOne>>) {
        let mut dealers = Vec::new();
        let mut messages = Vec::new();
        for t in &self.trustees {
            let started = Dealer::start(&self.setup, t.id, &t.encryption, &mut self.rng);
            let (dealer, message) = started.unwrap();
            let stored = dealer.to_secret_bytes().unwrap();
            dealers.push(Dealer::from_secret_bytes(&stored).unwrap());
            messages.push(self.sign(message));
        }
        (dealers, messages)
    }

    fn deal(&mut self) -> Dealt {
        let (dealers, first) = self.commit();
        let set = RoundOneSet::verify(&self.setup, &first).unwrap();
        let mut recipients = Vec::new();
        let mut second = Vec::new();
        for dealer in dealers {
            let (recipient, message) = dealer.deal(&set, &mut self.rng).unwrap();
            let stored = recipient.to_secret_bytes().unwrap();
            recipients.push(Recipient::from_secret_bytes(&stored).unwrap());
            second.push(self.sign(message));
        }
        Dealt {
            first,
            second,
            recipients,
        }
    }

    fn sets(&self, dealt: &Dealt) -> RoundTwoSet {
        let first = RoundOneSet::verify(&self.setup, &dealt.first).unwrap();
        RoundTwoSet::verify(first, &dealt.second).unwrap()
    }

    fn finish(&mut self, dealt: &mut Dealt) -> (Vec<KeyShare>, Vec<Signed<Confirmation>>) {
        let set = self.sets(dealt);
        let mut shares = Vec::new();
        let mut confirmations = Vec::new();
        for (recipient, trustee) in dealt.recipients.drain(..).zip(&self.trustees) {
            let outcome = recipient.finish(&set, &trustee.encryption, &mut self.rng);
            let Outcome::Confirmed(share, confirmation) = outcome.unwrap() else {
                panic!("an honest ceremony has no complaints");
            };
            shares.push(KeyShare::from_secret_bytes(&share.to_secret_bytes()).unwrap());
            confirmations.push(self.sign(*confirmation));
        }
        (shares, confirmations)
    }
}

/// Sums of three ballots over four projects: totals 0, 1, 2 and 3.
fn sums(keys: &PublicKeys) -> CiphertextSums {
    let mut sums = CiphertextSums::new(4).unwrap();
    for voter in 0..3_u64 {
        let ballot: Vec<Ciphertext> = (0..4_u64)
            .map(|project| {
                let mark = Scalar::from(u64::from(voter < project));
                let r = Scalar::from(1000 + voter * 17 + project);
                Ciphertext::encrypt(keys.election_key(), &mark, &r)
            })
            .collect();
        sums.add(&ballot).unwrap();
    }
    sums
}

fn totals(
    world: &mut World,
    statement: Statement<'_>,
    shares: &[&KeyShare],
) -> Result<Vec<u64>, DecryptionError> {
    let mut combiner = Combiner::new(statement);
    for share in shares {
        let share = prove(&mut world.rng, share, &statement).unwrap();
        combiner.accept(through_bytes(&share)).unwrap();
    }
    combiner.totals()
}

fn every_threshold_subset_decrypts(t: u16, n: u16) {
    let mut world = World::new(t, n);
    let mut dealt = world.deal();
    let (shares, confirmations) = world.finish(&mut dealt);
    let keys = verify(&world.setup, &dealt.first, &dealt.second, &confirmations).unwrap();
    for share in &shares {
        let y = keys.verifying_share(share.trustee()).unwrap();
        assert_eq!(*y, share.verifying_share());
    }

    let keys = through_bytes(&keys);
    let statement = Statement {
        election: election(),
        keys: &keys,
        close: (LeafIndex::new(9), LogHash::new([7; 32])),
        group: GroupId::new(0),
        sums: &sums(&keys),
    };
    for subset in 0_u32..1 << n {
        let chosen = |share: &&KeyShare| subset >> (share.trustee().get() - 1) & 1 == 1;
        let some: Vec<&KeyShare> = shares.iter().filter(chosen).collect();
        let (found, needed) = (some.len(), t);
        let expected = if found < usize::from(t) {
            Err(DecryptionError::TooFew { found, needed })
        } else {
            Ok(vec![0, 1, 2, 3])
        };
        assert_eq!(totals(&mut world, statement, &some), expected);
    }
}

#[test]
fn two_of_three() {
    every_threshold_subset_decrypts(2, 3);
}

#[test]
fn three_of_five() {
    every_threshold_subset_decrypts(3, 5);
}

#[test]
fn two_of_two() {
    every_threshold_subset_decrypts(2, 2);
}

#[test]
fn messages_come_in_any_order() {
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    let (_, mut confirmations) = world.finish(&mut dealt);
    let ordered = verify(&world.setup, &dealt.first, &dealt.second, &confirmations);
    dealt.first.reverse();
    dealt.second.rotate_left(1);
    confirmations.swap(0, 2);
    let shuffled = verify(&world.setup, &dealt.first, &dealt.second, &confirmations);
    assert_eq!(ordered, shuffled);
    assert!(ordered.is_ok());
}

#[test]
fn the_shares_interpolate_to_the_election_key() {
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    let (shares, _) = world.finish(&mut dealt);
    // x = 2 x_1 - x_2 on a line.
    let x = shares[0].secret() + shares[0].secret() - shares[1].secret();
    let keys = world.sets(&dealt).round_one().public_keys().clone();
    assert_eq!(Point::mul_base(&x), *keys.election_key());
}

#[test]
fn the_largest_messages_fit_a_log_entry() {
    let share = {
        let mut world = World::new(2, 2);
        let dealt = world.deal();
        world.sets(&dealt).messages[0].shares[0].clone()
    };
    let message = RoundTwo {
        trustee: id(1),
        attempt: Attempt::new(0),
        round_one: CeremonyHash::new([0; 32]),
        shares: vec![share; usize::from(MAX_TRUSTEES) - 1],
    };
    assert!(message.to_bytes().len() < 60_000);
}

#[test]
fn setups_that_cannot_work_are_refused() {
    let keys = |world: &World| -> Vec<TrusteeKeys> {
        let ids = world.setup.threshold().ids();
        ids.map(|id| world.setup.keys(id).unwrap().clone())
            .collect()
    };
    let world = World::new(2, 3);
    let new = |t, keys| Setup::new(election(), Attempt::new(0), t, keys).map(|_| ());
    for needed in [0, 1, 4] {
        let trustees = 3;
        let expected = Err(CeremonyError::Threshold { needed, trustees });
        assert_eq!(new(needed, keys(&world)), expected);
    }
    let mut twice = keys(&world);
    twice[2].encryption = twice[0].encryption;
    let expected = Err(CeremonyError::RepeatedKey(id(3)));
    assert_eq!(new(2, twice), expected);
    for unknown in [0, 4] {
        let expected = CeremonyError::UnknownTrustee(id(unknown));
        assert_eq!(world.setup.keys(id(unknown)), Err(expected));
    }
}

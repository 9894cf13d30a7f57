//! Every kind of lying trustee is caught and named.

use super::*;
use crate::ceremony::share::Route;
use crate::dleq::Proof;
use zeroize::Zeroizing;

/// Verifies the first round after a change to one trustee's message.
fn after_change(change: impl FnOnce(&World, &mut Vec<Signed<RoundOne>>)) -> CeremonyError {
    let mut world = World::new(2, 3);
    let (_, mut messages) = world.commit();
    change(&world, &mut messages);
    RoundOneSet::verify(&world.setup, &messages)
        .map(|_| ())
        .unwrap_err()
}

/// Verifies the second round after a change to one trustee's message.
fn after_deal(change: impl FnOnce(&mut World, &mut Dealt)) -> CeremonyError {
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    change(&mut world, &mut dealt);
    let first = RoundOneSet::verify(&world.setup, &dealt.first).unwrap();
    RoundTwoSet::verify(first, &dealt.second)
        .map(|_| ())
        .unwrap_err()
}

#[test]
fn too_few_or_many_commitments() {
    for extra in [-1, 1] {
        let error = after_change(|world, messages| {
            world.forge(messages, 1, |m| {
                if extra < 0 {
                    m.commitments.pop();
                } else {
                    m.commitments.push(Point::mul_base(&Scalar::from(5_u8)));
                }
            });
        });
        let expected = CeremonyError::CommitmentCount {
            trustee: id(2),
            found: if extra < 0 { 1 } else { 3 },
            expected: 2,
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn another_trustees_commitments_and_proof_replayed() {
    let error = after_change(|world, messages| {
        let victim = world.setup.open(&messages[0]).unwrap().clone();
        world.forge(messages, 2, |m| {
            m.commitments = victim.commitments;
            m.proof = victim.proof;
        });
    });
    assert_eq!(error, CeremonyError::ProofOfPossession(id(3)));
}

#[test]
fn a_proof_of_another_secret() {
    let error = after_change(|world, messages| {
        let other = world.setup.open(&messages[0]).unwrap().proof;
        world.forge(messages, 1, |m| m.proof = other);
    });
    assert_eq!(error, CeremonyError::ProofOfPossession(id(2)));
}

#[test]
fn a_rogue_key_that_cancels_the_others() {
    let error = after_change(|world, messages| {
        let honest: Point = messages[..2]
            .iter()
            .map(|m| world.setup.open(m).unwrap().commitments[0])
            .sum();
        world.forge(messages, 2, |m| m.commitments[0] -= honest);
    });
    assert_eq!(error, CeremonyError::ProofOfPossession(id(3)));
}

#[test]
fn a_repeated_commitment() {
    let error = after_change(|world, messages| {
        let copied = world.setup.open(&messages[0]).unwrap().commitments[1];
        world.forge(messages, 1, |m| m.commitments[1] = copied);
    });
    let (trustee, of) = (id(2), id(1));
    assert_eq!(error, CeremonyError::RepeatedCommitment { trustee, of });
}

#[test]
fn commitments_that_lower_the_degree() {
    let error = after_change(|world, messages| {
        let sum: Point = messages[..2]
            .iter()
            .map(|m| world.setup.open(m).unwrap().commitments[1])
            .sum();
        world.forge(messages, 2, |m| m.commitments[1] = -sum);
    });
    assert_eq!(error, CeremonyError::DegenerateKey);
}

#[test]
fn a_message_signed_by_another_trustee_or_for_another_election() {
    let message = RoundOne::NAME;
    let forged = |key: usize, election: &'static [u8]| {
        after_change(|world, messages| {
            let body = world.setup.open(&messages[1]).unwrap().clone();
            let key = &world.trustees[key].signing;
            messages[1] = Signed::sign(body, &ElectionId::of(election), key);
        })
    };
    let trustee = id(2);
    let expected = CeremonyError::BadSignature { trustee, message };
    assert_eq!(forged(0, b"a manifest"), expected);
    assert_eq!(forged(1, b"another manifest"), expected);
}

#[test]
fn a_message_of_another_attempt() {
    let error = after_change(|world, messages| {
        world.forge(messages, 1, |m| m.attempt = Attempt::new(1));
    });
    let (trustee, message) = (id(2), RoundOne::NAME);
    assert_eq!(error, CeremonyError::OtherAttempt { trustee, message });
}

#[test]
fn missing_repeated_and_unknown_trustees() {
    let message = RoundOne::NAME;
    let error = after_change(|_, messages| messages.truncate(2));
    let trustee = id(3);
    assert_eq!(error, CeremonyError::Missing { trustee, message });
    let error = after_change(|_, messages| messages[2] = messages[0].clone());
    let trustee = id(1);
    assert_eq!(error, CeremonyError::Repeated { trustee, message });
    let error = after_change(|world, messages| {
        let mut body = world.setup.open(&messages[0]).unwrap().clone();
        body.trustee = id(4);
        let key = &world.trustees[0].signing;
        messages[0] = Signed::sign(body, world.setup.election(), key);
    });
    assert_eq!(error, CeremonyError::UnknownTrustee(id(4)));
}

#[test]
fn a_dealer_that_answers_another_first_round() {
    let error = after_deal(|world, dealt| {
        world.forge(&mut dealt.second, 1, |m| {
            m.round_one = CeremonyHash::new([1; 32]);
        });
    });
    assert_eq!(error, CeremonyError::OtherRoundOne(id(2)));
}

#[test]
fn a_dealer_that_leaves_out_a_share() {
    let error = after_deal(|world, dealt| {
        world.forge(&mut dealt.second, 1, |m| {
            m.shares.pop();
        });
    });
    let expected = CeremonyError::ShareCount {
        trustee: id(2),
        found: 1,
        expected: 2,
    };
    assert_eq!(error, expected);
}

#[test]
fn a_dealer_that_copies_an_honest_dealers_ephemeral_key() {
    let error = after_deal(|world, dealt| {
        let honest = world.setup.open(&dealt.second[0]).unwrap().clone();
        // Trustee 2's message: shares for 1 and 3. Trustee 1's: for 2 and 3.
        world.forge(&mut dealt.second, 1, |m| {
            m.shares[1] = honest.shares[1].clone();
        });
    });
    let (trustee, recipient) = (id(2), id(3));
    assert_eq!(error, CeremonyError::ShareProof { trustee, recipient });
}

#[test]
fn a_ciphertext_changed_under_its_proof() {
    let error = after_deal(|world, dealt| {
        world.forge(&mut dealt.second, 1, |m| m.shares[0].ciphertext[3] ^= 1);
    });
    let (trustee, recipient) = (id(2), id(1));
    assert_eq!(error, CeremonyError::ShareProof { trustee, recipient });
}

/// Trustee 1 seals `plaintext` instead of the share for trustee 2.
fn deal_wrongly(world: &mut World, plaintext: [u8; 32]) -> Dealt {
    let mut dealt = world.deal();
    let set = RoundOneSet::verify(&world.setup, &dealt.first).unwrap();
    let route = Route::new(&set, id(1), id(2)).unwrap();
    let wrong = EncryptedShare::seal(&mut world.rng, &route, &Zeroizing::new(plaintext));
    world.forge(&mut dealt.second, 0, |m| m.shares[0] = wrong);
    dealt
}

fn outcome(world: &mut World, dealt: &mut Dealt, position: usize) -> (RoundTwoSet, Outcome) {
    let set = world.sets(dealt);
    let recipient = dealt.recipients.remove(position);
    let secret = &world.trustees[position].encryption;
    let outcome = recipient.finish(&set, secret, &mut world.rng).unwrap();
    (set, outcome)
}

#[test]
fn a_wrong_share_is_a_founded_complaint() {
    for plaintext in [Scalar::from(9_u8).to_bytes(), [0xff; 32]] {
        let mut world = World::new(2, 3);
        let mut dealt = deal_wrongly(&mut world, plaintext);
        let (set, Outcome::Complaint(complaint)) = outcome(&mut world, &mut dealt, 1) else {
            panic!("trustee 2 must complain");
        };
        let signed = world.sign(*complaint);
        let complaint = world.setup.open(&signed).unwrap();
        assert_eq!(complaint.accused(), id(1));
        assert_eq!(judge_complaint(&set, complaint), Ok(Verdict::Founded));
        // Trustee 3 got a right share and does not complain.
        let (_, other) = outcome_of_third(&mut world, &mut dealt);
        assert!(matches!(other, Outcome::Confirmed(..)));
    }
}

/// Trustee 3 after trustee 2's state was consumed.
fn outcome_of_third(world: &mut World, dealt: &mut Dealt) -> (RoundTwoSet, Outcome) {
    let set = world.sets(dealt);
    let recipient = dealt.recipients.remove(1);
    let secret = &world.trustees[2].encryption;
    let outcome = recipient.finish(&set, secret, &mut world.rng).unwrap();
    (set, outcome)
}

#[test]
fn undecryptable_junk_is_a_founded_complaint() {
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    let set = RoundOneSet::verify(&world.setup, &dealt.first).unwrap();
    let mut junk = junk_share(&mut world, &set);
    world.forge(&mut dealt.second, 0, |m| {
        std::mem::swap(&mut m.shares[0], &mut junk);
    });
    let (set, Outcome::Complaint(complaint)) = outcome(&mut world, &mut dealt, 1) else {
        panic!("trustee 2 must complain");
    };
    assert_eq!(judge_complaint(&set, &complaint), Ok(Verdict::Founded));
}

/// A share from 1 to 2 with a valid proof over a ciphertext that no key decrypts.
fn junk_share(world: &mut World, set: &RoundOneSet) -> EncryptedShare {
    let route = Route::new(set, id(1), id(2)).unwrap();
    let e = Scalar::from(77_u8);
    let ephemeral = Point::mul_base(&e);
    let mut statement = crate::transcript::Transcript::new(crate::tags::CEREMONY_SHARE_PROOF);
    statement.append(&route.context(&ephemeral));
    statement.append(&[5; 32]);
    statement.append(&[6; 16]);
    EncryptedShare {
        ephemeral,
        proof: Proof::prove(&mut world.rng, statement, &e, &[]),
        ciphertext: [5; 32],
        tag: [6; 16],
    }
}

/// Trustee 2 complains about trustee 1, whatever the share, opening `S` times `factor`.
fn complain(world: &mut World, set: &RoundTwoSet, factor: u64) -> Complaint {
    let route = Route::new(set.round_one(), id(1), id(2)).unwrap();
    let share = set.of(id(1)).unwrap().share_for(id(2)).unwrap();
    let secret = world.trustees[1].encryption.scalar();
    let shared = share.ephemeral * secret * Scalar::from(factor);
    let statement = complaint::statement(&route, share, &shared);
    Complaint {
        accuser: id(2),
        attempt: Attempt::new(0),
        accused: id(1),
        shared,
        proof: Proof::prove(&mut world.rng, statement, secret, &[share.ephemeral]),
    }
}

#[test]
fn a_false_complaint_is_unfounded() {
    let mut world = World::new(2, 3);
    let dealt = world.deal();
    let set = world.sets(&dealt);
    // Opened truthfully, the share turns out right; opened with another point, it proves nothing.
    for factor in [1, 2] {
        let complaint = complain(&mut world, &set, factor);
        assert_eq!(judge_complaint(&set, &complaint), Ok(Verdict::Unfounded));
    }
}

#[test]
fn a_complaint_is_of_one_accuser_and_one_share() {
    let mut world = World::new(2, 3);
    let dealt = deal_wrongly(&mut world, [0; 32]);
    let set = world.sets(&dealt);
    let complaint = complain(&mut world, &set, 1);
    assert_eq!(judge_complaint(&set, &complaint), Ok(Verdict::Founded));

    let stolen = Complaint {
        accuser: id(3),
        ..complaint.clone()
    };
    assert_eq!(judge_complaint(&set, &stolen), Ok(Verdict::Unfounded));
    let turned = Complaint {
        accused: id(3),
        ..complaint.clone()
    };
    assert_eq!(judge_complaint(&set, &turned), Ok(Verdict::Unfounded));
    let itself = Complaint {
        accused: id(2),
        ..complaint.clone()
    };
    let no_such = Err(CeremonyError::NoSuchShare(id(2)));
    assert_eq!(judge_complaint(&set, &itself), no_such);
    let nobody = Complaint {
        accused: id(0),
        ..complaint.clone()
    };
    let unknown = Err(CeremonyError::UnknownTrustee(id(0)));
    assert_eq!(judge_complaint(&set, &nobody), unknown);
    let other_attempt = Complaint {
        attempt: Attempt::new(1),
        ..complaint
    };
    assert!(judge_complaint(&set, &other_attempt).is_err());
}

#[test]
fn a_confirmation_of_another_transcript_or_other_keys() {
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    let (_, confirmations) = world.finish(&mut dealt);
    let set = world.sets(&dealt);
    assert!(set.confirm(&confirmations).is_ok());

    let mut other = confirmations.clone();
    world.forge(&mut other, 1, |c| c.transcript = CeremonyHash::new([2; 32]));
    let expected = Err(CeremonyError::OtherTranscript(id(2)));
    assert_eq!(set.confirm(&other), expected);

    let mut other = confirmations.clone();
    world.forge(&mut other, 2, |c| {
        let threshold = c.keys.threshold();
        c.keys = PublicKeys::of_polynomial(threshold, |_| Scalar::ONE);
    });
    assert_eq!(set.confirm(&other), Err(CeremonyError::OtherKeys(id(3))));

    let (trustee, message) = (id(3), Confirmation::NAME);
    let expected = Err(CeremonyError::Missing { trustee, message });
    assert_eq!(set.confirm(&confirmations[..2]), expected);
}

#[test]
fn a_dealer_that_tells_each_side_something_else() {
    // Two valid second-round messages of trustee 1: whoever confirmed the other one is noticed.
    let mut world = World::new(2, 3);
    let mut dealt = world.deal();
    let (_, confirmations) = world.finish(&mut dealt);
    let set = RoundOneSet::verify(&world.setup, &dealt.first).unwrap();
    let route = Route::new(&set, id(1), id(2)).unwrap();
    let other = EncryptedShare::seal(&mut world.rng, &route, &Zeroizing::new([1; 32]));
    world.forge(&mut dealt.second, 0, |m| m.shares[0] = other);
    let verdict = verify(&world.setup, &dealt.first, &dealt.second, &confirmations);
    assert_eq!(verdict, Err(CeremonyError::OtherTranscript(id(1))));
}

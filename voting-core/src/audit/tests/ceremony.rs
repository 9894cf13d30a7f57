//! A trustee's wrong message is refused when it arrives, whoever has still to speak.

use super::*;
use crate::ceremony::{
    Confirmation, Dealer, EncryptionSecret, Outcome, Recipient, RoundOne, RoundTwo,
};
use crate::manifest::Bilingual;
use crate::staff::StaffAction;
use crate::trustee::TrusteeMessage;

fn created() -> Election {
    TestElection::create(manifest(4, 2), rng())
}

fn secrets(election: &Election) -> Vec<EncryptionSecret> {
    let secrets = election.keys.trustee_encryption.iter();
    secrets
        .map(|secret| EncryptionSecret::from_bytes(secret.as_bytes()).unwrap())
        .collect()
}

fn commit(election: &Election) -> Vec<(Dealer, RoundOne)> {
    let setup = election.state.ceremony().setup().clone();
    let ids = setup.threshold().ids();
    ids.zip(&secrets(election))
        .map(|(id, secret)| Dealer::start(&setup, id, secret, &mut rng_of(id)).unwrap())
        .collect()
}

fn rng_of(id: TrusteeId) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(100 + u64::from(id.get()))
}

fn send(election: &mut Election, message: impl TrusteeMessage) -> Result<LeafIndex, Violation> {
    let body = election.trustee_message(message);
    election.append(body)
}

/// The same message with one bit of its bytes changed, still well-formed.
fn changed<T: Encode + Decode>(message: &T, from_the_end: usize) -> T {
    let mut bytes = message.to_bytes();
    let at = bytes.len() - from_the_end;
    bytes[at] ^= 1;
    T::from_bytes(&bytes).unwrap()
}

/// Both rounds in the log, and the recipients.
fn dealt(election: &mut Election) -> Vec<Recipient> {
    let dealers: Vec<Dealer> = commit(election)
        .into_iter()
        .map(|(dealer, message)| {
            send(election, message).unwrap();
            dealer
        })
        .collect();
    let first = election.state.ceremony().first_round().unwrap().clone();
    let deal = |dealer: Dealer| {
        let (recipient, message) = dealer.deal(&first, &mut rng()).unwrap();
        send(election, message).unwrap();
        recipient
    };
    dealers.into_iter().map(deal).collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Violation>, trustee: u16) {
    let violation = result.unwrap_err();
    assert_eq!(violation.check, Check::Ceremony);
    let name = format!("trustee {trustee}");
    assert!(violation.detail.contains(&name), "{violation}");
}

#[test]
fn a_first_message_without_its_proof_is_refused_at_once() {
    let mut election = created();
    let messages = commit(&election);
    // The response z ends the message: any other one proves nothing.
    let wrong = changed(&messages[1].1, 32);
    refused(send(&mut election, wrong), 2);
    assert!(election.state.ceremony().round_one().is_empty());
    send(&mut election, messages[1].1.clone()).unwrap();
}

#[test]
fn a_commitment_of_an_earlier_trustee_is_refused_at_once() {
    let mut election = created();
    let messages = commit(&election);
    send(&mut election, messages[0].1.clone()).unwrap();
    // trustee, attempt, count, then the commitments: the second takes the first one's second.
    let mut bytes = messages[1].1.to_bytes();
    let second = 2 + 2 + 4 + 32..2 + 2 + 4 + 64;
    bytes[second.clone()].copy_from_slice(&messages[0].1.to_bytes()[second]);
    let copied = RoundOne::from_bytes(&bytes).unwrap();
    refused(send(&mut election, copied), 2);
}

#[test]
fn a_second_message_that_answers_another_first_round_is_refused_at_once() {
    let mut election = created();
    let mut dealers = Vec::new();
    for (dealer, message) in commit(&election) {
        send(&mut election, message).unwrap();
        dealers.push(dealer);
    }
    let first = election.state.ceremony().first_round().unwrap().clone();
    let (_, message) = dealers.remove(0).deal(&first, &mut rng()).unwrap();
    let mut bytes = message.to_bytes();
    bytes[4] ^= 1;
    let other = RoundTwo::from_bytes(&bytes).unwrap();
    refused(send(&mut election, other), 1);
    // A share's ciphertext changed under its proof.
    refused(send(&mut election, changed(&message, 1)), 1);
    assert!(election.state.ceremony().round_two().is_empty());
    send(&mut election, message).unwrap();
}

#[test]
fn a_confirmation_of_another_transcript_is_refused_at_once() {
    let mut election = created();
    let recipients = dealt(&mut election);
    let second = election.state.ceremony().second_round().unwrap().clone();
    let secret = &secrets(&election)[2];
    let outcome = recipients.into_iter().nth(2).unwrap();
    let outcome = outcome.finish(&second, secret, &mut rng()).unwrap();
    let Outcome::Confirmed(_, confirmation) = outcome else {
        panic!("an honest ceremony");
    };
    let mut bytes = confirmation.to_bytes();
    bytes[4] ^= 1;
    let other = Confirmation::from_bytes(&bytes).unwrap();
    refused(send(&mut election, other), 3);
    assert_eq!(election.state.ceremony().confirmations().len(), 0);
    send(&mut election, *confirmation).unwrap();
}

#[test]
fn no_attempt_has_the_number_of_an_earlier_one() {
    let mut election = created();
    let restart = || StaffAction::RestartCeremony(Bilingual::new("a fault", "a fault"));
    for _ in 0..u16::MAX {
        let next = election.state.ceremony.restart(&election.state.manifest);
        election.state.ceremony = next.unwrap();
    }
    assert_eq!(check(election.staff(restart())), Check::Ceremony);
}

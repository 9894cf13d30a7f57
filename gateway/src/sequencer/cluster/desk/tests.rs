//! Another process that has the cluster's key, and what it cannot do with it.

use super::super::channel::call;
use super::*;
use crate::ballot_box::ProofPool;
use crate::sequencer::tests::{Election, opened};
use voting_core::audit::Check;
use voting_core::audit::testing::TestVoter;
use voting_core::ballot::{Choices, SealSeeds, seal};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::credential::Credential;
use voting_core::ids::Sequence;
use voting_core::keys::SecretKey;
use voting_core::tracking::TrackingCode;
use zeroize::Zeroizing;

/// The first byte of a signature that stands so far before the end of some bytes, changed.
fn flipped(mut bytes: Vec<u8>, behind: usize) -> Vec<u8> {
    let at = bytes.len() - behind - 64;
    bytes[at] ^= 1;
    bytes
}

struct Caller {
    sender: Sender,
    receiver: Receiver,
    asked: u64,
}

impl Caller {
    /// Whoever has the key is let in.
    async fn new(election: &Election, proofs: Option<Arc<dyn ProofCheck>>) -> Self {
        let sequencer = &election.log.sequencer;
        let desk = Desk {
            requests: sequencer.requests.downgrade(),
            authors: sequencer.authors.clone(),
            proofs,
            view: sequencer.views(),
        };
        let key = ClusterKey {
            secret: Zeroizing::new([1; 32]),
            election: election.test.state.election(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(serve(listener, key.clone(), desk));
        let (sender, receiver) = call(&address, &key).await.unwrap();
        let asked = 0;
        Self {
            sender,
            receiver,
            asked,
        }
    }

    async fn ask(&mut self, command: Command) -> Result<Outcome, Refused> {
        self.asked += 1;
        let sent = self.sender.send(self.asked, &command.to_bytes()).await;
        sent.unwrap();
        let (id, content) = self.receiver.receive().await.unwrap();
        assert_eq!(id, self.asked);
        Answered::from_bytes(&content).unwrap().0
    }

    async fn violates(&mut self, command: Command) -> Check {
        match self.ask(command).await {
            Err(Refused::Violation(violation)) => violation.check,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_author_did_not_sign_is_refused_even_with_the_key() {
    let mut election = opened().await;
    let mut caller = Caller::new(&election, None).await;
    let voter = election.test.voter(1, 1, 0);
    let (id, now) = (election.test.state.election(), election.test.now);
    let before = election.log.sequencer.view().size;

    let (identity, serial) = (voter.credential.voter, voter.credential.serial);
    let stranger = SecretKey::from_seed(&[99; 32]);
    let forged = Credential::issue(&stranger, &id, identity, serial);
    let forged = Command::Credential(Box::new(forged));
    assert_eq!(caller.violates(forged).await, Check::CredentialSignature);
    let issued = Command::Credential(Box::new(voter.credential.clone()));
    caller.ask(issued).await.unwrap();

    let cast = election.test.sealed(&voter, &[0], (Sequence::new(0), None));
    let bytes = flipped(cast.to_bytes(), 4 + cast.ballot().len());
    let forged = CastBallot::from_bytes(&bytes).unwrap();
    let forged = Command::Ballot(Box::new(forged), now);
    assert_eq!(caller.violates(forged).await, Check::BallotSignature);
    for intent in [CodeIntent::Pending, CodeIntent::Spoil] {
        let (credential, code) = (voter.credential.clone(), TrackingCode::of(b"a"));
        let request = CodeRequest::sign(&voter.key, &id, credential, code, intent);
        let request = CodeRequest::from_bytes(&flipped(request.to_bytes(), 0)).unwrap();
        let forged = match intent {
            CodeIntent::Pending => Command::Pending(Box::new(request), now),
            CodeIntent::Spoil => Command::Spoil(Box::new(request), now),
        };
        assert_eq!(caller.violates(forged).await, Check::BallotSignature);
    }
    let size = election.log.sequencer.view().size;
    assert_eq!(size, before + 1, "the registrar's credential alone");

    let cast = Command::Ballot(Box::new(cast), now);
    let answer = caller.ask(cast).await;
    assert!(matches!(answer, Ok(Outcome::Receipt(_))), "{answer:?}");
}

/// Signed by a voter, and sealed for another one.
fn copied(election: &Election, voter: &TestVoter, other: &TestVoter) -> CastBallot {
    let parameters = election.test.state.ballot_parameters().unwrap();
    let choices = Choices::new(&parameters.shape, &[0]).unwrap();
    let seeds = SealSeeds::generate(&mut rand_core::UnwrapErr(rand::rngs::SysRng));
    let sealed = seal(parameters, &other.credential.voter, &choices, &seeds);
    let (credential, ballot) = (voter.credential.clone(), sealed.bytes().to_vec());
    let order = (Sequence::new(0), None);
    CastBallot::sign(&voter.key, &parameters.election, credential, order, ballot)
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_are_verified_again_where_that_is_wanted() {
    let mut election = opened().await;
    let proofs: Arc<dyn ProofCheck> = Arc::new(ProofPool::start(1));
    let mut caller = Caller::new(&election, Some(proofs)).await;
    let (voter, other) = (election.test.voter(1, 1, 0), election.test.voter(2, 1, 0));
    let now = election.test.now;
    let issued = Command::Credential(Box::new(voter.credential.clone()));
    caller.ask(issued).await.unwrap();
    let size = election.log.sequencer.view().size;
    let bad = copied(&election, &voter, &other);
    let bad = Command::Ballot(Box::new(bad), now);
    assert_eq!(caller.violates(bad).await, Check::BallotProof);
    assert_eq!(election.log.sequencer.view().size, size);
    let good = election.test.sealed(&voter, &[0], (Sequence::new(0), None));
    let good = Command::Ballot(Box::new(good), now);
    caller.ask(good).await.unwrap();
    assert_eq!(election.log.sequencer.view().size, size + 1);
}

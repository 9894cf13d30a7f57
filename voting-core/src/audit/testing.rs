//! A whole election in memory, every message real: what tests of this and other crates replay,
//! extend and tamper with.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "for tests; a test fails by panicking"
)]

use super::{ClassSums, Signatures, Stage, State, Violation};
use crate::ballot::{Choices, SealSeeds, VoterIdentity, seal};
use crate::cast::CastBallot;
use crate::ceremony::{Dealer, EncryptionSecret, KeyShare, Outcome};
use crate::codec::Encode;
use crate::credential::Credential;
use crate::decryption::prove;
use crate::entry::{Body, Entry};
use crate::ids::{ClassIndex, LeafIndex, Pseudonym, Sequence, Serial, TrusteeId, UnixMillis};
use crate::keys::SecretKey;
use crate::log::checkpoint::Checkpoint;
use crate::manifest::Manifest;
use crate::manifest::testing::{CLOSES_AT, OPENS_AT, TestKeys, keys};
use crate::offline::OfflineTotals;
use crate::staff::{Document, Proposal, StaffAction, StaffEntry};
use crate::trustee::{Signed, TrusteeMessage};
use rand_core::CryptoRng;
use std::sync::Arc;

/// A person with the key and credential of their device.
#[derive(Clone)]
pub struct TestVoter {
    /// The device's key.
    pub key: SecretKey,
    /// The credential issued to it.
    pub credential: Credential,
}

/// An election under way, and everything secret about it.
pub struct TestElection<R> {
    /// The log's bytes so far, one entry each.
    pub entries: Vec<Vec<u8>>,
    /// The state after them.
    pub state: State,
    /// The sums of the ballots so far.
    pub sums: ClassSums,
    /// The keys of every role.
    pub keys: TestKeys,
    /// The trustees' key shares, once the ceremony is done.
    pub key_shares: Vec<KeyShare>,
    /// The time of the next entry.
    pub now: UnixMillis,
    rng: R,
}

impl<R: CryptoRng> TestElection<R> {
    /// Entry 0 of a manifest made with [`crate::manifest::testing`]'s keys.
    pub fn create(manifest: Manifest, rng: R) -> Self {
        let manifest = Arc::new(manifest);
        let sums = ClassSums::new(manifest.classes.len(), manifest.project_count());
        let document = Document::of(manifest.canonical()).expect("a manifest is short");
        let mut election = Self {
            entries: Vec::new(),
            state: State::new(manifest).expect("a valid manifest"),
            sums: sums.expect("a ballot's projects fit a share"),
            keys: keys(),
            key_shares: Vec::new(),
            now: UnixMillis::new(OPENS_AT.get() - 86_400_000),
            rng,
        };
        election.must(|e| e.staff(StaffAction::Create(document)));
        election
    }

    /// [`Self::create`], the ceremony and the opening; the time is the opening hour.
    pub fn open(manifest: Manifest, rng: R) -> Self {
        let mut election = Self::create(manifest, rng);
        election.ceremony();
        let opening = election
            .state
            .ceremony()
            .opening()
            .expect("a finished ceremony");
        election.must(|e| e.staff(StaffAction::Open(opening)));
        election.now = OPENS_AT;
        election
    }

    fn must<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, Violation>) -> T {
        step(self).unwrap_or_else(|violation| panic!("{violation}"))
    }

    /// Appends an entry as the gateway would: one second after the last.
    ///
    /// # Errors
    /// The [`Violation`] for which the state refuses it; nothing is appended then.
    pub fn append(&mut self, body: Body) -> Result<LeafIndex, Violation> {
        let (index, time, previous) = self.state.next_header(self.now);
        let entry = Entry {
            index,
            time,
            previous,
            body,
        };
        let bytes = entry.to_bytes();
        self.state.apply(&entry, &bytes, Signatures::Verify)?;
        self.entries.push(bytes);
        self.now = UnixMillis::new(time.get() + 1000);
        Ok(index)
    }

    /// The checkpoint note of the log as it stands.
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let tree = self.state.frontier();
        let origin = self.state.policy().origin().clone();
        let checkpoint = Checkpoint::new(origin, tree.size(), tree.root());
        let note = checkpoint.sign(&self.keys.log).expect("a short origin");
        note.to_string().into_bytes()
    }

    /// What staff sign for an action now.
    #[must_use]
    pub fn proposal(&self, action: StaffAction) -> Proposal {
        let needed = action.needs_checkpoint();
        let checkpoint = if needed {
            self.checkpoint()
        } else {
            Vec::new()
        };
        Proposal {
            number: self.state.actions(),
            checkpoint,
            action,
        }
    }

    /// A proposal signed by the staff at these positions.
    #[must_use]
    pub fn signed(&self, proposal: Proposal, by: &[u16]) -> Body {
        let election = self.state.election();
        let sign = |p: &u16| {
            (
                *p,
                proposal.sign(&election, &self.keys.staff[usize::from(*p)]),
            )
        };
        let signatures = by.iter().map(sign).collect();
        Body::Staff(Box::new(StaffEntry::new(proposal, signatures)))
    }

    /// Appends an action signed by two people.
    ///
    /// # Errors
    /// [`Violation`].
    pub fn staff(&mut self, action: StaffAction) -> Result<LeafIndex, Violation> {
        let body = self.signed(self.proposal(action), &[0, 1]);
        self.append(body)
    }

    /// A trustee's message, signed with their key.
    #[must_use]
    pub fn trustee_message<T: TrusteeMessage>(&self, message: T) -> Body {
        let key = &self.keys.trustees[usize::from(message.trustee().get()) - 1];
        Body::Trustee(Signed::sign(message, &self.state.election(), key).to_bytes())
    }

    /// Runs the whole key ceremony into the log.
    pub fn ceremony(&mut self) {
        let setup = self.state.ceremony().setup().clone();
        let secrets = self.keys.trustee_encryption.iter();
        let secrets: Vec<_> = secrets
            .map(|s| EncryptionSecret::from_bytes(s.as_bytes()).expect("a scalar"))
            .collect();
        let mut dealers = Vec::new();
        for (id, secret) in setup.threshold().ids().zip(&secrets) {
            let (dealer, message) =
                Dealer::start(&setup, id, secret, &mut self.rng).expect("a trustee of ours");
            let body = self.trustee_message(message);
            self.must(|e| e.append(body));
            dealers.push(dealer);
        }
        let first = self
            .state
            .ceremony()
            .first_round()
            .expect("a full round")
            .clone();
        let mut recipients = Vec::new();
        for dealer in dealers {
            let (recipient, message) = dealer.deal(&first, &mut self.rng).expect("our own round");
            let body = self.trustee_message(message);
            self.must(|e| e.append(body));
            recipients.push(recipient);
        }
        let second = self
            .state
            .ceremony()
            .second_round()
            .expect("a full round")
            .clone();
        for (recipient, secret) in recipients.into_iter().zip(&secrets) {
            let outcome = recipient.finish(&second, secret, &mut self.rng);
            let Ok(Outcome::Confirmed(share, confirmation)) = outcome else {
                panic!("an honest ceremony has no complaint");
            };
            let body = self.trustee_message(*confirmation);
            self.must(|e| e.append(body));
            self.key_shares.push(share);
        }
    }

    /// A credential for person `n` with serial `serial`, not yet in the log.
    #[must_use]
    pub fn voter(&self, n: u16, class: u16, serial: u32) -> TestVoter {
        let mut seed = [0x5a; 32];
        seed[..2].copy_from_slice(&n.to_be_bytes());
        let pseudonym = Pseudonym::new(seed);
        seed[2..6].copy_from_slice(&serial.to_be_bytes());
        let key = SecretKey::from_seed(&seed);
        let class = ClassIndex::new(class);
        let identity = VoterIdentity {
            pseudonym,
            class,
            key: key.verify_key(),
        };
        let election = self.state.election();
        let serial = Serial::new(serial);
        let credential = Credential::issue(&self.keys.registrar, &election, identity, serial);
        TestVoter { key, credential }
    }

    /// Issues person `n`'s first credential into the log.
    pub fn register(&mut self, n: u16, class: u16) -> TestVoter {
        let voter = self.voter(n, class, 0);
        let body = Body::Credential(Box::new(voter.credential.clone()));
        self.must(|e| e.append(body));
        voter
    }

    /// Seals and signs a ballot; what the voter's device sends.
    pub fn sealed(
        &mut self,
        voter: &TestVoter,
        chosen: &[u32],
        place: (Sequence, Option<crate::tracking::TrackingCode>),
    ) -> CastBallot {
        let params = self
            .state
            .ballot_parameters()
            .expect("an open election")
            .clone();
        let choices = Choices::new(&params.shape, chosen).expect("choices within the limits");
        let seeds = SealSeeds::generate(&mut self.rng);
        let sealed = seal(&params, &voter.credential.voter, &choices, &seeds);
        let ballot = sealed.bytes().to_vec();
        CastBallot::sign(
            &voter.key,
            &params.election,
            voter.credential.clone(),
            place,
            ballot,
        )
    }

    /// Casts a first ballot into the log and the sums.
    pub fn cast(&mut self, voter: &TestVoter, chosen: &[u32]) -> LeafIndex {
        let cast = self.sealed(voter, chosen, (Sequence::new(0), None));
        let ballot = crate::ballot::Ballot::decode(self.state.shape(), cast.ballot());
        let ballot = ballot.expect("a ballot of ours");
        let class = voter.credential.voter.class;
        self.sums
            .add(class, ballot.ciphertexts())
            .expect("a class and shape of ours");
        self.must(|e| e.append(Body::Ballot(Box::new(cast))))
    }

    /// Closes at the first instant possible.
    pub fn close(&mut self) {
        self.now = UnixMillis::new(CLOSES_AT.get() + 600_000);
        self.must(|e| e.staff(StaffAction::Close));
        let sums = self.sums.clone();
        self.must(|e| e.state.provide_sums(&sums));
    }

    /// What staff sign to enter the totals of the manifest's first offline group.
    #[must_use]
    pub fn offline_totals(&self, ballots: u64, marks: &[u64]) -> StaffAction {
        let totals = OfflineTotals {
            group: 0,
            ballots,
            marks: marks.to_vec(),
        };
        let signed = totals.sign(&self.state.election(), &self.keys.offline_group);
        StaffAction::OfflineTotals(Box::new(signed))
    }

    /// The decryption shares of a trustee, one a group, not yet in the log.
    pub fn shares_of(&mut self, trustee: TrusteeId) -> Vec<Body> {
        let key = &self.key_shares[usize::from(trustee.get()) - 1];
        let keys = self
            .state
            .public_keys()
            .expect("an opened election")
            .clone();
        let election = self.state.election();
        let shares = self.state.shares().expect("a closed election");
        let groups = &self.state.grouping().expect("a closed election").groups;
        let prove = |group: &super::Group| {
            let statement = shares
                .statement(election, &keys, group.id)
                .expect("sums provided");
            prove(&mut self.rng, key, &statement).expect("a key share of ours")
        };
        let shares: Vec<_> = groups.iter().map(prove).collect();
        shares
            .into_iter()
            .map(|share| self.trustee_message(share))
            .collect()
    }

    /// Appends the shares of the first two trustees, which is enough.
    pub fn decrypt(&mut self) {
        for trustee in [1, 2] {
            for body in self.shares_of(TrusteeId::new(trustee)) {
                self.must(|e| e.append(body));
            }
        }
    }

    /// Publishes a result document.
    pub fn publish(&mut self, document: &[u8]) {
        let document = Document::of(document).expect("a result is short");
        self.must(|e| e.staff(StaffAction::Publish(document)));
        assert_eq!(self.state.stage(), Stage::Published);
    }
}

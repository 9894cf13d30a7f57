//! The election as its log tells it (PROTOCOL.md, "What every verifier checks").
//!
//! [`State`] reads entries one after another and refuses the first that breaks a rule. The
//! gateway's sequencer runs it before it appends, trustees before they decrypt, and observers from
//! entry 0: what the gateway appends is what observers accept.
//!
//! Everything is checked here but two things. The proofs inside ballots are verified in batches by
//! the caller ([`crate::ballot::BallotVerifier`]), who also adds the ballots up ([`ClassSums`]). And
//! the result document is recomputed from [`State::totals`] by the tally.

mod ceremony;
mod checkpoint;
mod groups;
mod offline;
mod people;
mod stage;
mod sums;
mod totals;
mod violation;

#[cfg(all(any(test, feature = "testing"), feature = "ceremony"))]
pub mod testing;
#[cfg(test)]
#[cfg(feature = "ceremony")]
mod tests;

pub use ceremony::CeremonyLog;
pub use checkpoint::log_policy;
pub use groups::{Group, Grouping};
pub use people::{ClassCount, CodeFate, CountedBallot, MAX_SERIAL, Person};
pub use stage::{Notice, Schedule, Stage};
pub use sums::ClassSums;
pub use totals::{GroupTotals, Shares};
pub use violation::{Check, Violation};

use crate::ballot::{BallotParameters, BallotShape, Limit};
use crate::cast::CastBallot;
use crate::ceremony::PublicKeys;
use crate::credential::Credential;
use crate::entry::{Body, Entry, MAX_ENTRY};
use crate::ids::{ClassIndex, ElectionId, LeafIndex, LogHash, Pseudonym, UnixMillis};
use crate::keys::VerifyKey;
use crate::log::checkpoint::LogPolicy;
use crate::log::tree::{Frontier, leaf_hash};
use crate::manifest::{Bilingual, Manifest};
use crate::offline::SignedTotals;
use crate::staff::{Document, Opening, StaffAction, StaffEntry};
use crate::tracking::TrackingCode;
use ceremony::Message;
use offline::OfflineLog;
use people::People;
use stage::Stages;
use std::collections::BTreeMap;
use std::sync::Arc;
use violation::ensure;

/// Whether [`State::apply`] verifies the signatures of credentials and ballots itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signatures {
    /// It does.
    Verify,
    /// The caller has, just now, for the same bytes: the ballot box at intake.
    Verified,
}

/// An election, replayed from its log up to some entry.
pub struct State {
    manifest: Arc<Manifest>,
    shape: BallotShape,
    staff: Vec<VerifyKey>,
    policy: LogPolicy,
    frontier: Frontier,
    previous: LogHash,
    time: UnixMillis,
    actions: u32,
    stages: Stages,
    ceremony: CeremonyLog,
    opened: Option<Opened>,
    people: People,
    offline: OfflineLog,
    shares: Option<Shares>,
    result: Option<Document>,
    ratification: Option<Document>,
}

/// What the opening entry adds.
struct Opened {
    parameters: Arc<BallotParameters>,
    keys: PublicKeys,
}

impl State {
    /// The state before entry 0 of a manifest's election.
    ///
    /// # Errors
    /// [`Violation`] if the manifest's trustees or limits cannot be laid out.
    pub fn new(manifest: Arc<Manifest>) -> Result<Self, Violation> {
        let shape = shape(&manifest)?;
        let schedule = Schedule {
            opens_at: manifest.schedule.opens_at,
            closes_at: manifest.schedule.closes_at,
            extension_limit: manifest.schedule.extension_limit,
            drain_ms: manifest.schedule.drain_ms,
        };
        Ok(Self {
            staff: manifest
                .staff
                .members
                .iter()
                .map(|member| member.key)
                .collect(),
            policy: log_policy(&manifest)?,
            frontier: Frontier::new(),
            previous: LogHash::new([0; 32]),
            time: UnixMillis::new(0),
            actions: 0,
            stages: Stages::new(schedule, shape.options()),
            ceremony: CeremonyLog::new(&manifest)?,
            opened: None,
            people: People::new(manifest.classes.len()),
            offline: OfflineLog::default(),
            shares: None,
            result: None,
            ratification: None,
            shape,
            manifest,
        })
    }

    /// Checks an entry and takes it in. `bytes` are the entry's canonical bytes.
    ///
    /// # Errors
    /// [`Violation`] naming the check; the state is as before.
    pub fn apply(
        &mut self,
        entry: &Entry,
        bytes: &[u8],
        signatures: Signatures,
    ) -> Result<(), Violation> {
        self.check_place(entry, bytes)?;
        match &entry.body {
            Body::Staff(staff) => self.apply_staff(staff, entry.time)?,
            Body::Trustee(message) => self.apply_trustee(message)?,
            Body::Credential(c) => self.apply_credential(c, entry.time, signatures)?,
            Body::Ballot(cast) => self.apply_ballot(cast, entry, signatures)?,
            Body::Spoiled(code) => self.apply_spoiled(*code, entry)?,
        }
        self.previous = leaf_hash(bytes);
        self.time = entry.time;
        self.frontier.append(self.previous);
        if let Some(shares) = self.shares.as_mut().filter(|s| s.close().0 == entry.index) {
            shares.set_close_root(self.frontier.root());
        }
        Ok(())
    }

    /// The header of the next entry: its index, its time (`now`, or the last entry's if that is
    /// later) and the leaf hash before it.
    #[must_use]
    pub fn next_header(&self, now: UnixMillis) -> (LeafIndex, UnixMillis, LogHash) {
        (
            LeafIndex::new(self.size()),
            now.max(self.time),
            self.previous,
        )
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// The election id.
    #[must_use]
    pub fn election(&self) -> ElectionId {
        self.manifest.election_id()
    }

    /// The shape of every ballot.
    #[must_use]
    pub fn shape(&self) -> &BallotShape {
        &self.shape
    }

    /// How many entries have been taken in.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size().get()
    }

    /// The tree over them.
    #[must_use]
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Whose checkpoints are believed.
    #[must_use]
    pub fn policy(&self) -> &LogPolicy {
        &self.policy
    }

    /// The time of the last entry.
    #[must_use]
    pub fn time(&self) -> UnixMillis {
        self.time
    }

    /// How many staff actions there are: the number of the next one.
    #[must_use]
    pub fn actions(&self) -> u32 {
        self.actions
    }

    /// The stage.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stages.stage
    }

    /// The schedule, with every extension so far.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.stages.schedule
    }

    /// The withdrawn projects by position, with the reasons.
    #[must_use]
    pub fn withdrawn(&self) -> &BTreeMap<u32, Bilingual> {
        &self.stages.withdrawn
    }

    /// What staff told everybody, the oldest first.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.stages.notices
    }

    /// How many people stand on the roll of a class, as staff last recorded it.
    #[must_use]
    pub fn roll(&self, class: ClassIndex) -> Option<u64> {
        self.stages.rolls.get(&class).copied()
    }

    /// Whether staff have logged that the pseudonym key is destroyed.
    #[must_use]
    pub fn pseudonym_key_destroyed(&self) -> bool {
        self.stages.key_destroyed
    }

    /// The key ceremony's current attempt.
    #[must_use]
    pub fn ceremony(&self) -> &CeremonyLog {
        &self.ceremony
    }

    /// What ballots are sealed and verified with, once the election has opened.
    #[must_use]
    pub fn ballot_parameters(&self) -> Option<&Arc<BallotParameters>> {
        self.opened.as_ref().map(|opened| &opened.parameters)
    }

    /// The election's keys, once it has opened.
    #[must_use]
    pub fn public_keys(&self) -> Option<&PublicKeys> {
        self.opened.as_ref().map(|opened| &opened.keys)
    }

    /// A person's credential and ballot.
    #[must_use]
    pub fn person(&self, pseudonym: &Pseudonym) -> Option<&Person> {
        self.people.person(pseudonym)
    }

    /// What became of a tracking code.
    #[must_use]
    pub fn fate(&self, code: &TrackingCode) -> Option<CodeFate> {
        self.people.fate(code)
    }

    /// Issued and cast counts by class, in the manifest's order.
    #[must_use]
    pub fn counts(&self) -> &[ClassCount] {
        self.people.counts()
    }

    /// The totals of every offline group that are in, by its position in the manifest.
    pub fn offline_totals(&self) -> impl Iterator<Item = &SignedTotals> {
        self.offline.totals()
    }

    /// Checks that every offline group's totals are in: until then no share is made or taken.
    ///
    /// # Errors
    /// [`Violation`] naming the group that is missing.
    pub fn check_offline_complete(&self) -> Result<(), Violation> {
        self.offline.check_complete(&self.manifest)
    }

    /// Checks that the voting hours allow an entry at `now`, as [`Self::apply`] will.
    ///
    /// # Errors
    /// [`Violation`] of stage or schedule.
    pub fn check_voting(&self, now: UnixMillis) -> Result<(), Violation> {
        self.stages.check_voting(now)
    }

    /// What is decrypted, once the election has closed.
    #[must_use]
    pub fn grouping(&self) -> Option<&Grouping> {
        self.shares.as_ref().map(Shares::grouping)
    }

    /// Index of the close entry and root of the tree that ends with it, once it is in.
    #[must_use]
    pub fn close(&self) -> Option<(LeafIndex, LogHash)> {
        self.shares.as_ref().map(Shares::close)
    }

    /// Gives the sums of the counting ballots, which decryption shares are verified against.
    /// Without them every share is refused.
    ///
    /// # Errors
    /// [`Violation`] before the close, or if the sums are not of this many classes and projects.
    pub fn provide_sums(&mut self, sums: &ClassSums) -> Result<(), Violation> {
        let shares = self.shares.as_mut().ok_or_else(|| not_closed("sums"))?;
        shares.provide_sums(sums)
    }

    /// The shares of each group by trustee, once the election has closed.
    #[must_use]
    pub fn shares(&self) -> Option<&Shares> {
        self.shares.as_ref()
    }

    /// The decrypted totals of every group, once t shares of each are in.
    ///
    /// # Errors
    /// [`Violation`] while shares are missing, or if a sum is of no possible total.
    pub fn totals(&self) -> Result<Vec<GroupTotals>, Violation> {
        let shares = self.shares.as_ref().ok_or_else(|| not_closed("totals"))?;
        let keys = self.public_keys().ok_or_else(|| not_closed("totals"))?;
        shares.totals(self.election(), keys)
    }

    /// The published result document.
    #[must_use]
    pub fn result(&self) -> Option<&Document> {
        self.result.as_ref()
    }

    /// The assembly's decision document.
    #[must_use]
    pub fn ratification(&self) -> Option<&Document> {
        self.ratification.as_ref()
    }

    fn check_place(&self, entry: &Entry, bytes: &[u8]) -> Result<(), Violation> {
        ensure(bytes.len() <= MAX_ENTRY, Check::EntryEncoding, || {
            "the entry is too long".into()
        })?;
        ensure(entry.index.get() == self.size(), Check::EntryPlace, || {
            format!(
                "the entry says index {} and stands at {}",
                entry.index,
                self.size()
            )
        })?;
        ensure(entry.previous == self.previous, Check::EntryChain, || {
            "the previous entry's hash differs".into()
        })?;
        ensure(entry.time >= self.time, Check::EntryTime, || {
            format!(
                "time {} is before the last entry's {}",
                entry.time, self.time
            )
        })?;
        let created = self.stage() != Stage::Empty;
        ensure(
            created || matches!(entry.body, Body::Staff(_)),
            Check::Stage,
            || "entry 0 is not the manifest".into(),
        )
    }

    fn apply_staff(&mut self, entry: &StaffEntry, now: UnixMillis) -> Result<(), Violation> {
        let action = &entry.proposal.action;
        ensure(
            entry.proposal.number == self.actions,
            Check::StaffSignatures,
            || {
                format!(
                    "the action says number {}, {} is next",
                    entry.proposal.number, self.actions
                )
            },
        )?;
        entry
            .verify(
                &self.election(),
                &self.staff,
                usize::from(self.manifest.staff.required),
            )
            .map_err(|e| Violation::new(Check::StaffSignatures, e))?;
        self.stages.check(action, now)?;
        self.check_totals_unseen(action)?;
        checkpoint::check(&self.policy, &self.frontier, &entry.proposal)?;
        self.apply_action(action)?;
        self.stages.apply(action, now);
        self.actions += 1;
        Ok(())
    }

    /// With decryption shares in the log the totals are in sight: nobody may then still decide which
    /// projects they count for.
    fn check_totals_unseen(&self, action: &StaffAction) -> Result<(), Violation> {
        let withdraws = matches!(action, StaffAction::Withdraw(..));
        let unseen = self.shares.as_ref().is_none_or(Shares::is_empty);
        ensure(unseen || !withdraws, Check::Stage, || {
            "no project is withdrawn once a decryption share is in the log".into()
        })
    }

    /// Last of the checks: from here on nothing fails.
    fn apply_action(&mut self, action: &StaffAction) -> Result<(), Violation> {
        match action {
            StaffAction::Create(document) => self.check_manifest(document)?,
            StaffAction::RestartCeremony(_) => {
                self.ceremony = self.ceremony.restart(&self.manifest)?;
            }
            StaffAction::Open(opening) => self.open(opening)?,
            StaffAction::Close => self.shares = Some(self.closing()),
            StaffAction::Publish(document) => {
                // t shares of every group, and none refused for its size.
                self.check_offline_complete()?;
                self.totals()?;
                self.result = Some(*document);
            }
            StaffAction::Ratify(document) => self.ratification = Some(*document),
            StaffAction::OfflineTotals(totals) => self.offline.add(&self.manifest, totals)?,
            StaffAction::Roll(class, _) => self.check_roll(*class)?,
            _ => {}
        }
        Ok(())
    }

    fn check_roll(&self, class: ClassIndex) -> Result<(), Violation> {
        ensure(self.manifest.has_roll(class), Check::Stage, || {
            "the class has no roll".into()
        })
    }

    fn check_manifest(&self, document: &Document) -> Result<(), Violation> {
        let own = Document::of(self.manifest.canonical())
            .map_err(|e| Violation::new(Check::Manifest, e))?;
        ensure(*document == own, Check::Manifest, || {
            "entry 0 names another manifest than the one given".into()
        })
    }

    fn open(&mut self, opening: &Opening) -> Result<(), Violation> {
        let keys = self.ceremony.keys();
        let expected = self.ceremony.opening()?;
        ensure(*opening == expected, Check::Ceremony, || {
            "the opening's keys are not the ceremony's".into()
        })?;
        self.opened = keys.map(|keys| Opened {
            parameters: Arc::new(BallotParameters::new(
                self.manifest.election_id(),
                opening.election_key,
                self.shape.clone(),
            )),
            keys: keys.clone(),
        });
        Ok(())
    }

    fn closing(&self) -> Shares {
        let cast: Vec<u64> = self.counts().iter().map(|count| count.cast).collect();
        Shares::new(Grouping::new(&self.manifest, &cast), self.size())
    }

    fn apply_trustee(&mut self, message: &[u8]) -> Result<(), Violation> {
        match self.stage() {
            Stage::Ceremony => {
                self.ceremony = self.ceremony.with(Message::decode(message)?)?;
                Ok(())
            }
            Stage::Closed => self.apply_share(message),
            stage => Err(Violation::new(
                Check::Stage,
                format_args!("no trustee's message belongs to an election that is {stage:?}"),
            )),
        }
    }

    fn apply_share(&mut self, message: &[u8]) -> Result<(), Violation> {
        self.check_offline_complete()?;
        let election = self.election();
        let keys = self.opened.as_ref().map(|opened| &opened.keys);
        match (&mut self.shares, keys) {
            (Some(shares), Some(keys)) => {
                let trustees = &self.manifest.trustees.members;
                let signers: Vec<VerifyKey> = trustees.iter().map(|t| t.signing_key).collect();
                shares.add(message, election, keys, &signers)
            }
            _ => Err(not_closed("decryption shares")),
        }
    }

    fn apply_credential(
        &mut self,
        credential: &Credential,
        now: UnixMillis,
        signatures: Signatures,
    ) -> Result<(), Violation> {
        self.stages.check_issuing(now)?;
        self.people.check_credential(credential)?;
        if signatures == Signatures::Verify {
            let keys = &self.manifest.keys;
            credential
                .verify(
                    &self.election(),
                    &keys.registrar,
                    keys.countersigner.as_ref(),
                )
                .map_err(|e| Violation::new(Check::CredentialSignature, e))?;
        }
        self.people.add_credential(credential);
        Ok(())
    }

    fn apply_ballot(
        &mut self,
        cast: &CastBallot,
        entry: &Entry,
        signatures: Signatures,
    ) -> Result<(), Violation> {
        self.stages.check_voting(entry.time)?;
        self.check_ballot(cast)?;
        if signatures == Signatures::Verify {
            cast.verify_signature(&self.election())
                .map_err(|e| Violation::new(Check::BallotSignature, e))?;
        }
        self.people.add_ballot(cast, entry.index, &self.shape);
        Ok(())
    }

    /// Checks a ballot against all entries before it, but neither its signature nor its proof.
    ///
    /// # Errors
    /// [`Violation`].
    pub fn check_ballot(&self, cast: &CastBallot) -> Result<(), Violation> {
        self.people
            .check_ballot(cast, &self.shape, self.manifest.ballot.voting_again)
    }

    fn apply_spoiled(&mut self, code: TrackingCode, entry: &Entry) -> Result<(), Violation> {
        self.stages.check_voting(entry.time)?;
        self.people.check_unused(&code)?;
        self.people.add_spoiled(code, entry.index);
        Ok(())
    }
}

fn not_closed(what: &str) -> Violation {
    Violation::new(
        Check::Stage,
        format_args!("there are no {what} before the close"),
    )
}

fn shape(manifest: &Manifest) -> Result<BallotShape, Violation> {
    let limits = manifest.limits().iter();
    let limits = limits
        .map(|l| Limit {
            members: l.members.clone(),
            min: l.min,
            max: l.max,
        })
        .collect();
    BallotShape::new(manifest.project_count(), limits)
        .map_err(|e| Violation::new(Check::Manifest, e))
}

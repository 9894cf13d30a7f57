//! What each request adds to the open group.

use super::command::{Command, Outcome, Refused};
use super::signer::LogSigner;
use super::sums::provide_sums;
use crate::store::{CodeFate, Group, Store, StoreError, StoredEntry, StoredReceipt};
use std::collections::BTreeMap;
use voting_core::audit::{self, Signatures, Stage, State};
use voting_core::cast::{CastBallot, CodeRequest};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::entry::{Body, Entry};
use voting_core::ids::{LeafIndex, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::{NodeId, leaf_hash};
use voting_core::receipt::Receipt;
use voting_core::staff::{Document, StaffAction};
use voting_core::submission::Submission;
use voting_core::tracking::TrackingCode;

/// How many tracking codes a person may register and leave undecided.
const MAX_PENDING: u64 = 20;

/// One request's view of the open group: the state and the group both hold what the requests before
/// it did; the store holds what was committed before the group.
pub(super) struct Batch<'a> {
    pub(super) store: &'a Store,
    pub(super) signer: &'a LogSigner,
    pub(super) now: UnixMillis,
    pub(super) state: &'a mut State,
    pub(super) group: &'a mut Group,
}

/// The tracking codes that a person registered.
type Fates = BTreeMap<TrackingCode, CodeFate>;

/// `Err` fails the whole group; a refusal only its sender. A refused request has written nothing.
type Answer<T> = Result<Result<T, Refused>, StoreError>;

/// Gives a refusal back to the sender and leaves the group going.
macro_rules! accept {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(refused) => return Ok(Err(refused.into())),
        }
    };
}

impl Batch<'_> {
    pub(super) async fn execute(&mut self, command: Command) -> Answer<Outcome> {
        match command {
            Command::Credential(credential) => self.credential(*credential).await,
            Command::Ballot(cast, received) => self.ballot(*cast, received).await,
            Command::Pending(request, received) => self.pending(&request, received).await,
            Command::Spoil(request, received) => self.spoil(&request, received).await,
            Command::Trustee(message) => self.trustee(message).await,
            Command::Staff(submission) => Ok(self.staff(*submission)),
        }
    }

    async fn credential(&mut self, credential: Credential) -> Answer<Outcome> {
        let pseudonym = credential.voter.pseudonym;
        accept!(self.check_not_voted(&pseudonym).await?);
        accept!(self.check_stage());
        let bytes = credential.to_bytes();
        let body = Body::Credential(Box::new(credential));
        let (index, _) = accept!(self.append(body, Signatures::Verified));
        self.group
            .credentials
            .insert(pseudonym, (index.get(), bytes));
        Ok(Ok(Outcome::Entry(index)))
    }

    async fn ballot(&mut self, cast: CastBallot, received: UnixMillis) -> Answer<Outcome> {
        let (pseudonym, code) = (cast.credential.voter.pseudonym, cast.tracking_code());
        if let Some(stored) = self.stored_receipt(&pseudonym, &code).await? {
            return Ok(Ok(Outcome::Receipt(stored)));
        }
        accept!(self.check_hours(received));
        if !self.state.manifest().ballot.voting_again {
            accept!(self.check_not_voted(&pseudonym).await?);
        }
        let counted = self
            .state
            .person(&pseudonym)
            .and_then(|person| person.ballot);
        let former = counted.map(|ballot| ballot.code);
        let body = Body::Ballot(Box::new(cast));
        let (index, time) = accept!(self.append(body, Signatures::Verified));
        let election = self.state.election();
        let receipt = self
            .signer
            .receipt(election, (pseudonym, code), (index, time));
        let stored = StoredReceipt {
            index,
            code: *code.as_bytes(),
            receipt: receipt.to_bytes(),
        };
        let answer = stored.receipt.clone();
        self.group.cast(pseudonym, (code, stored), former);
        Ok(Ok(Outcome::Receipt(answer)))
    }

    /// The receipt of this very ballot of this person, if it is in the log.
    async fn stored_receipt(
        &self,
        pseudonym: &Pseudonym,
        code: &TrackingCode,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        // The state knows every ballot of the log: without one there is nothing to look up.
        if !matches!(self.state.fate(code), Some(audit::CodeFate::Cast(_))) {
            return Ok(None);
        }
        let stored = self.receipt(code).await?;
        let receipt = Receipt::from_bytes(&stored.receipt);
        let receipt = receipt.map_err(|_| StoreError::Value("receipt"))?;
        Ok((receipt.pseudonym == *pseudonym).then_some(stored.receipt))
    }

    async fn pending(&mut self, request: &CodeRequest, received: UnixMillis) -> Answer<Outcome> {
        let pseudonym = request.credential.voter.pseudonym;
        accept!(self.check_hours(received));
        accept!(self.check_current(&request.credential).await?);
        if !self.state.manifest().ballot.voting_again {
            accept!(self.check_not_voted(&pseudonym).await?);
        }
        let (found, codes) = self.codes(&request.code, &pseudonym).await?;
        match found {
            Some((owner, _)) if owner != pseudonym => return Ok(Err(Refused::CodeTaken)),
            Some((_, CodeFate::Pending)) => return Ok(Ok(Outcome::Noted)),
            Some((_, CodeFate::Cast)) => return Ok(Err(Refused::CodeCast)),
            Some((_, CodeFate::Spoiled)) => return Ok(Err(Refused::CodeSpoiled)),
            None => {}
        }
        if self.state.fate(&request.code).is_some() {
            return Ok(Err(Refused::CodeCast));
        }
        if count(&codes, CodeFate::Pending) >= MAX_PENDING {
            return Ok(Err(Refused::PendingLimit));
        }
        self.group.register(request.code, pseudonym, self.now);
        Ok(Ok(Outcome::Noted))
    }

    async fn spoil(&mut self, request: &CodeRequest, received: UnixMillis) -> Answer<Outcome> {
        let (pseudonym, code) = (request.credential.voter.pseudonym, request.code);
        let (found, codes) = self.codes(&code, &pseudonym).await?;
        match found {
            None => return Ok(Err(Refused::CodeNotPending)),
            Some((owner, _)) if owner != pseudonym => return Ok(Err(Refused::CodeTaken)),
            Some((_, CodeFate::Cast)) => return Ok(Err(Refused::CodeCast)),
            Some((_, CodeFate::Spoiled)) => return Ok(self.spoiled_before(&code)),
            Some((_, CodeFate::Pending)) => {}
        }
        accept!(self.check_hours(received));
        accept!(self.check_current(&request.credential).await?);
        let limit = u64::from(self.state.manifest().ballot.max_spoiled);
        if count(&codes, CodeFate::Spoiled) >= limit {
            return Ok(Err(Refused::SpoilLimit));
        }
        let (index, _) = accept!(self.append(Body::Spoiled(code), Signatures::Verified));
        self.group.decide(code, pseudonym, CodeFate::Spoiled);
        Ok(Ok(Outcome::Entry(index)))
    }

    /// The same answer as the first time.
    fn spoiled_before(&self, code: &TrackingCode) -> Result<Outcome, Refused> {
        match self.state.fate(code) {
            Some(audit::CodeFate::Spoiled(index)) => Ok(Outcome::Entry(index)),
            _ => Err(Refused::CodeSpoiled),
        }
    }

    /// Shares are verified against the sums of the counting ballots, added up once after the close.
    async fn trustee(&mut self, message: Vec<u8>) -> Answer<Outcome> {
        accept!(provide_sums(self.store, self.state).await?);
        let (index, _) = accept!(self.append(Body::Trustee(message), Signatures::Verify));
        Ok(Ok(Outcome::Entry(index)))
    }

    fn staff(&mut self, submission: Submission) -> Result<Outcome, Refused> {
        let Submission { entry, document } = submission;
        let named = entry.proposal.action.document();
        let creates = matches!(entry.proposal.action, StaffAction::Create(_));
        check_document(named, document.as_deref())?;
        let body = Body::Staff(Box::new(entry));
        let (index, _) = self.append(body, Signatures::Verify)?;
        if let (Some(named), Some(bytes)) = (named, document) {
            self.group.documents.insert(named.hash, bytes);
            if creates {
                self.group.election = Some((self.state.election(), named.hash));
            }
        }
        Ok(Outcome::Entry(index))
    }

    /// Appends an entry, if the log verifies with it.
    fn append(
        &mut self,
        body: Body,
        signatures: Signatures,
    ) -> Result<(LeafIndex, UnixMillis), Refused> {
        let (index, time, previous) = self.state.next_header(self.now);
        let entry = Entry {
            index,
            time,
            previous,
            body,
        };
        let bytes = entry.to_bytes();
        let nodes = self.completed_nodes(&bytes);
        self.state.apply(&entry, &bytes, signatures)?;
        let kind = bytes.get(1).copied().unwrap_or_default();
        let stored = StoredEntry { index, time, bytes };
        self.group.append(stored, kind, nodes);
        Ok((index, time))
    }

    fn completed_nodes(&self, bytes: &[u8]) -> Vec<(NodeId, LogHash)> {
        let mut nodes = Vec::new();
        let mut frontier = self.state.frontier().clone();
        frontier.append_with(leaf_hash(bytes), |node, hash| nodes.push((node, hash)));
        nodes
    }

    fn check_stage(&self) -> Result<(), Refused> {
        match self.state.stage() {
            Stage::Open => Ok(()),
            stage => Err(Refused::NotVoting(stage)),
        }
    }

    /// The rule of the close, to the millisecond: received whole at `closes_at` is late; received
    /// before it counts if its entry is made before `drained_at`.
    fn check_hours(&self, received: UnixMillis) -> Result<(), Refused> {
        self.check_stage()?;
        let schedule = self.state.schedule();
        let (_, entry_time, _) = self.state.next_header(self.now);
        if received < schedule.opens_at {
            return Err(Refused::Early);
        }
        if received >= schedule.closes_at || entry_time >= schedule.drained_at() {
            return Err(Refused::Late);
        }
        Ok(())
    }

    async fn check_not_voted(&self, pseudonym: &Pseudonym) -> Answer<()> {
        let person = self.state.person(pseudonym);
        let Some(ballot) = person.and_then(|person| person.ballot) else {
            return Ok(Ok(()));
        };
        let stored = self.receipt(&ballot.code).await?;
        Ok(Err(Refused::AlreadyVoted(stored.receipt)))
    }

    async fn check_current(&self, credential: &Credential) -> Answer<()> {
        let (election, pseudonym) = (self.state.election(), credential.voter.pseudonym);
        let current = match self.group.credentials.get(&pseudonym) {
            Some((_, bytes)) => Some(bytes.clone()),
            None => self.store.credential(&election, &pseudonym).await?,
        };
        let same = current.is_some_and(|bytes| bytes == credential.to_bytes());
        Ok(if same {
            Ok(())
        } else {
            Err(Refused::CredentialNotCurrent)
        })
    }

    /// The receipt of a ballot that the log holds, from this group or the store.
    async fn receipt(&self, code: &TrackingCode) -> Result<StoredReceipt, StoreError> {
        if let Some(stored) = self.group.ballots.get(code) {
            return Ok(stored.clone());
        }
        let stored = self.store.receipt(code).await?;
        stored.ok_or(StoreError::Value("receipt"))
    }

    /// Who registered a code and its fate, and the fates of all codes that `person` registered.
    async fn codes(
        &self,
        code: &TrackingCode,
        person: &Pseudonym,
    ) -> Result<(Option<(Pseudonym, CodeFate)>, Fates), StoreError> {
        let mut fates: Fates = self.store.codes_of(person).await?.into_iter().collect();
        let mut found = match fates.get(code) {
            Some(fate) => Some((*person, *fate)),
            None => self.store.code(code).await?,
        };
        for (changed, change) in &self.group.codes {
            let owned = change.owner == *person && fates.contains_key(changed);
            if owned || (change.owner == *person && change.registered.is_some()) {
                fates.insert(*changed, change.fate);
            }
        }
        if let Some(change) = self.group.codes.get(code) {
            let registered = change.registered.map(|_| change.owner);
            let owner = found.map(|(owner, _)| owner).or(registered);
            found = owner.map(|owner| (owner, change.fate));
        }
        Ok((found, fates))
    }
}

fn count(fates: &Fates, wanted: CodeFate) -> u64 {
    fates.values().filter(|fate| **fate == wanted).count() as u64
}

fn check_document(named: Option<Document>, sent: Option<&[u8]>) -> Result<(), Refused> {
    let sent = sent.map(Document::of).transpose();
    match sent {
        Ok(sent) if sent == named => Ok(()),
        _ => Err(Refused::Document),
    }
}

//! The laws: what was acknowledged is in the log, once, as it was sent; nothing else is.

use super::fire::{Answer, Fired};
use super::plan::Sent;
use super::pool::{Place, Pool, Purpose};
use crate::election::Election;
use crate::evidence::{check_entry, check_receipt};
use crate::log::LogReader;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::ids::Pseudonym;
use voting_core::receipt::Receipt;
use voting_core::tracking::TrackingCode;

/// The most broken laws that are told one by one.
const TOLD: usize = 20;

/// The receipts of a run by ballot, and every law that an answer broke.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    receipts: BTreeMap<usize, Vec<u8>>,
    sent: BTreeSet<usize>,
    /// Ballots that came after another one of the same person, and the receipt that they were shown.
    lost: Vec<(usize, Vec<u8>)>,
    broken: Broken,
}

/// Laws that were broken.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Broken {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub told: Vec<String>,
}

impl Broken {
    fn law(&mut self, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.told.len() < TOLD {
            self.told.push(what());
        }
    }
}

/// What the ledger and the log say of each other.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reconciled {
    /// Ballots that were acknowledged by a receipt.
    pub acknowledged: u64,
    /// Ballots in the log.
    pub logged: u64,
    /// Ballots in the log that were sent and not acknowledged: their answers were lost.
    pub unacknowledged: u64,
    /// Ballots in the log that are not from this run's pool.
    pub foreign: u64,
    /// Entries of the log.
    pub entries: u64,
    /// What is wrong; empty if nothing is.
    pub broken: Broken,
}

impl Ledger {
    /// Takes in what a phase sent and got.
    pub(super) fn take(&mut self, fired: &[Fired]) {
        for one in fired {
            for answer in &one.answers {
                self.judge(one.shot.sent, answer);
            }
        }
    }

    /// The receipts by ballot.
    #[must_use]
    pub(super) const fn receipts(&self) -> &BTreeMap<usize, Vec<u8>> {
        &self.receipts
    }

    fn judge(&mut self, sent: Sent, answer: &Answer) {
        if let Sent::Ballot(place) | Sent::Lossy(place) | Sent::Rival(place) = sent {
            self.sent.insert(place);
        }
        match (sent, answer) {
            (Sent::Ballot(place) | Sent::Lossy(place) | Sent::Replay(place), answer) => {
                match answer {
                    Answer::Receipt(receipt) => self.receipt(place, receipt),
                    Answer::Refused(409, kind, _) => self
                        .broken
                        .law(|| format!("ballot {place} was refused as {kind}")),
                    _ => {}
                }
            }
            (Sent::Rival(place), Answer::Receipt(receipt)) => self.receipt(place, receipt),
            // Whoever lost is shown the winner's receipt, and every loser the same.
            (Sent::Rival(place), Answer::Refused(409, _, receipt)) => match receipt {
                Some(receipt) => self.lost.push((place, receipt.clone())),
                None => self.broken.law(|| format!("rival {place} lost to nobody")),
            },
            (Sent::Rival(_), _) => {}
            (_, Answer::Receipt(_)) => self.broken.law(|| format!("{sent:?} got a receipt")),
            (_, _) => {}
        }
    }

    fn receipt(&mut self, place: usize, receipt: &[u8]) {
        let known = self.receipts.entry(place).or_insert_with(|| receipt.into());
        if known != receipt {
            self.broken
                .law(|| format!("ballot {place} got two different receipts"));
        }
    }

    /// Reads the whole log and compares.
    ///
    /// # Errors
    /// If the log cannot be read. A broken law is no error but in [`Reconciled`].
    pub(super) async fn reconcile(
        self,
        election: &Election,
        pool: &Pool,
    ) -> anyhow::Result<Reconciled> {
        let mut check = Check::new(self, election, pool);
        let log = election.log()?;
        let size = log.checkpoint().await?.size();
        for path in LogReader::bundles(size) {
            for bytes in log.bundle(path).await? {
                check.entry(&bytes);
            }
        }
        let mut reconciled = check.end();
        reconciled.entries = size.get();
        Ok(reconciled)
    }
}

/// The comparison under way.
struct Check<'a> {
    places: BTreeMap<TrackingCode, (usize, &'a Place)>,
    receipts: BTreeMap<usize, Receipt>,
    sent: BTreeSet<usize>,
    logged: BTreeSet<usize>,
    voted: BTreeSet<Pseudonym>,
    foreign: u64,
    broken: Broken,
}

impl<'a> Check<'a> {
    fn new(ledger: Ledger, election: &Election, pool: &'a Pool) -> Self {
        let mut broken = ledger.broken;
        let mut receipts = BTreeMap::new();
        for (place, bytes) in ledger.receipts {
            let known = pool.places().get(place);
            match (check_receipt(&bytes, election.manifest()), known) {
                (Ok(receipt), Some(known)) if is_of(&receipt, known) => {
                    receipts.insert(place, receipt);
                }
                (Ok(_), _) => broken.law(|| format!("ballot {place} got another's receipt")),
                (Err(error), _) => broken.law(|| format!("ballot {place}: {error}")),
            }
        }
        let places = pool.places().iter().enumerate();
        let mut check = Self {
            places: places.map(|(n, place)| (place.code, (n, place))).collect(),
            receipts,
            sent: ledger.sent,
            logged: BTreeSet::new(),
            voted: BTreeSet::new(),
            foreign: 0,
            broken,
        };
        for (loser, shown) in ledger.lost {
            let shown = check_receipt(&shown, election.manifest()).ok();
            check.lost(pool.places().get(loser), shown);
        }
        check
    }

    /// Whoever lost was shown the receipt of another ballot of the same person, which is a promise
    /// like any other.
    fn lost(&mut self, loser: Option<&Place>, shown: Option<Receipt>) {
        let (Some(loser), Some(shown)) = (loser, shown) else {
            return self
                .broken
                .law(|| "a loser was shown no receipt of this election".to_owned());
        };
        let winner = self.places.get(&shown.code).copied();
        let Some((n, _)) = winner.filter(|(_, winner)| {
            let other = winner.code != loser.code;
            other && winner.pseudonym == loser.pseudonym && is_of(&shown, winner)
        }) else {
            return self
                .broken
                .law(|| format!("voter {} lost to nobody", loser.voter));
        };
        if *self.receipts.entry(n).or_insert_with(|| shown.clone()) != shown {
            self.broken
                .law(|| format!("ballot {n} has two different receipts"));
        }
    }

    fn entry(&mut self, bytes: &[u8]) {
        let Ok(entry) = Entry::from_bytes(bytes) else {
            return self.broken.law(|| "an entry does not decode".to_owned());
        };
        let Body::Ballot(cast) = &entry.body else {
            return;
        };
        let Some((n, place)) = self.places.get(&cast.tracking_code()).copied() else {
            self.foreign += 1;
            return;
        };
        let at = entry.index;
        if place.purpose == Purpose::BadProof || !self.sent.contains(&n) {
            self.broken
                .law(|| format!("entry {at} is a ballot that must not be there: {n}"));
        }
        self.logged.insert(n);
        if !self.voted.insert(place.pseudonym) {
            self.broken.law(|| {
                format!(
                    "voter {} is in the log twice, again as entry {at}",
                    place.voter
                )
            });
        }
        if let Some(receipt) = self.receipts.get(&n)
            && let Err(error) = check_entry(receipt, &entry)
        {
            self.broken.law(|| format!("ballot {n}: {error}"));
        }
    }

    fn end(mut self) -> Reconciled {
        for n in self.receipts.keys().filter(|n| !self.logged.contains(n)) {
            self.broken
                .law(|| format!("ballot {n} was acknowledged and is not in the log"));
        }
        let acknowledged = self.receipts.len() as u64;
        let own = self.logged.len() as u64;
        Reconciled {
            acknowledged,
            logged: own + self.foreign,
            unacknowledged: own.saturating_sub(acknowledged),
            foreign: self.foreign,
            entries: 0,
            broken: self.broken,
        }
    }
}

fn is_of(receipt: &Receipt, place: &Place) -> bool {
    receipt.code == place.code && receipt.pseudonym == place.pseudonym
}

#[cfg(test)]
mod tests;

//! A log explorer's lines: single entries, each in the tree of a signed checkpoint.
//!
//! Here only the place of an entry is verified; whether it was allowed is [`crate::verify`]'s to
//! say.

use crate::check::{Failure, OwnCheck};
use crate::head::{self, Tree};
use crate::source::{LogPath, Source};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use voting_core::audit::Check;
use voting_core::ceremony::{Complaint, Confirmation, RoundOne, RoundTwo};
use voting_core::codec::Decode;
use voting_core::decryption::DecryptionShare;
use voting_core::entry::{Body, Entry};
use voting_core::ids::{ClassIndex, LeafIndex, UnixMillis};
use voting_core::log::checkpoint::Checkpoint;
use voting_core::log::tile::{TileKind, TilePath};
use voting_core::manifest::Manifest;
use voting_core::staff::{StaffAction, StaffEntry};
use voting_core::trustee::TrusteeMessage;

/// How many entries a page has, as many as a bundle.
pub const PAGE: u64 = 256;

/// An entry, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place.
    pub index: LeafIndex,
    /// When it was given its place.
    pub time: UnixMillis,
    /// What happened: `credential`, `ballot`, `spoiled`, a trustee's message (`first-round`,
    /// `second-round`, .., `decryption`) or a staff action's name.
    pub kind: &'static str,
    /// What it says, by name: `code`, `short` (as people read it), `class`, `pseudonym`, `serial`,
    /// `sequence`, `trustee`, `signers`, `ko` and `en` (a reason or a notice), `project`, `until`
    /// (ms), `document` (content address), `group`, `people` (on a roll).
    pub facts: BTreeMap<&'static str, String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.index, self.time, self.kind)?;
        for (name, value) in &self.facts {
            write!(f, " {name}={value:?}")?;
        }
        Ok(())
    }
}

/// The lines of a page of the log at `checkpoint`, which the caller has verified. None after the
/// last.
///
/// # Errors
/// [`Failure`]: files, an entry that is not in the tree or not one.
pub fn page(
    source: &dyn Source,
    manifest: &Manifest,
    checkpoint: &Checkpoint,
    number: u64,
) -> Result<Vec<Line>, Failure> {
    let Some(path) = TilePath::in_tree(TileKind::Entries, number, checkpoint.size()) else {
        return Ok(Vec::new());
    };
    let tree = Tree::open(source, checkpoint)?;
    let bytes = source.read(LogPath::Tile(path)).map_err(head::file)?;
    let bundle = tree.entries(path, &bytes)?;
    let line = |(index, bytes): (u64, &&[u8])| {
        let index = LeafIndex::new(index);
        let entry = Entry::from_bytes(bytes);
        let entry = entry.map_err(|e| Failure::at(Check::EntryEncoding, index, e))?;
        match entry.index == index {
            true => Ok(describe(manifest, &entry)),
            false => Err(Failure::at(
                OwnCheck::MerkleTree,
                index,
                "it says it is another",
            )),
        }
    };
    (number * PAGE..).zip(bundle.entries()).map(line).collect()
}

/// What an entry says.
#[must_use]
pub fn describe(manifest: &Manifest, entry: &Entry) -> Line {
    let mut facts = BTreeMap::new();
    let class = |class| class_name(manifest, class);
    let kind = match &entry.body {
        Body::Staff(staff) => staff_facts(manifest, staff, &mut facts),
        Body::Trustee(message) => trustee_facts(manifest, message, &mut facts),
        Body::Credential(credential) => {
            facts.insert("class", class(credential.voter.class));
            facts.insert("pseudonym", credential.voter.pseudonym.to_string());
            facts.insert("serial", credential.serial.get().to_string());
            entry.body.kind()
        }
        Body::Ballot(cast) => {
            let (voter, code) = (&cast.credential.voter, cast.tracking_code());
            facts.insert("class", class(voter.class));
            facts.insert("pseudonym", voter.pseudonym.to_string());
            facts.insert("sequence", cast.sequence.get().to_string());
            facts.insert("code", code.to_string());
            facts.insert("short", code.prefix().to_string());
            entry.body.kind()
        }
        Body::Spoiled(code) => {
            facts.insert("code", code.to_string());
            facts.insert("short", code.prefix().to_string());
            entry.body.kind()
        }
    };
    Line {
        index: entry.index,
        time: entry.time,
        kind,
        facts,
    }
}

fn class_name(manifest: &Manifest, class: ClassIndex) -> String {
    let named = manifest.class(class);
    named.map_or_else(|| class.to_string(), |c| c.id.to_string())
}

type Facts = BTreeMap<&'static str, String>;

fn staff_facts(manifest: &Manifest, staff: &StaffEntry, facts: &mut Facts) -> &'static str {
    let members = &manifest.staff.members;
    let name = |position| members.get(usize::from(position)).map(|m| m.name.as_str());
    let names: Vec<&str> = staff.signers().filter_map(name).collect();
    facts.insert("signers", names.join(", "));
    let action = &staff.proposal.action;
    if let Some(text) = action.text() {
        facts.insert("ko", text.ko.clone());
        facts.insert("en", text.en.clone());
    }
    let document = action.document();
    facts.extend(document.map(|document| ("document", document.hash.to_string())));
    match action {
        StaffAction::Withdraw(position, _) => {
            let mut projects = manifest.projects();
            let withdrawn = projects.find(|project| project.position == *position);
            facts.extend(withdrawn.map(|p| ("project", p.project.id.to_string())));
        }
        StaffAction::Extend(until) => {
            facts.insert("until", until.to_string());
        }
        StaffAction::OfflineTotals(signed) => {
            let group = manifest
                .offline_groups
                .get(usize::from(signed.totals.group));
            facts.extend(group.map(|group| ("group", group.id.to_string())));
        }
        StaffAction::Roll(class, people) => {
            facts.insert("class", class_name(manifest, *class));
            facts.insert("people", people.to_string());
        }
        _ => {}
    }
    action.name()
}

/// The kind of a trustee's message and whose it claims to be: its second byte and the two after.
fn trustee_facts(manifest: &Manifest, message: &[u8], facts: &mut Facts) -> &'static str {
    if let Some((high, low)) = message.get(2).zip(message.get(3)) {
        let number = usize::from(u16::from_be_bytes([*high, *low]));
        let member = number
            .checked_sub(1)
            .and_then(|n| manifest.trustees.members.get(n));
        facts.extend(member.map(|member| ("trustee", member.name.clone())));
    }
    match message.get(1) {
        Some(&RoundOne::KIND) => RoundOne::NAME,
        Some(&RoundTwo::KIND) => RoundTwo::NAME,
        Some(&Complaint::KIND) => Complaint::NAME,
        Some(&Confirmation::KIND) => Confirmation::NAME,
        Some(&DecryptionShare::KIND) => DecryptionShare::NAME,
        _ => "trustee",
    }
}

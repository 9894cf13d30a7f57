//! A real election's log as files, to be verified as it is and in every tampered form.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses its part; a test fails by panicking"
)]

use observer::outcome::{Supplement, result};
use observer::source::Folder;
use observer::{Expectations, Report, Silent, verify};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use voting_core::audit::State;
use voting_core::audit::testing::TestElection;
use voting_core::codec::{Decode, Encode};
use voting_core::entry::{Body, Entry};
use voting_core::ids::{ClassIndex, DocumentHash, LeafIndex, LogHash};
use voting_core::keys::SecretKey;
use voting_core::log::checkpoint::{Checkpoint, Origin};
use voting_core::log::note::Note;
use voting_core::log::tile::TileBuilder;
use voting_core::log::tree::leaf_hash;
use voting_core::manifest::Bilingual;
use voting_core::manifest::{Manifest, testing};
use voting_core::staff::{Document, StaffAction};
use voting_core::tracking::TrackingCode;

pub(crate) type Election = TestElection<ChaCha20Rng>;

pub(crate) const SOFTWARE: &[u8] = b"asset hashes";
/// On the roll of the class that has one, in which one credential is issued.
pub(crate) const PEOPLE: u64 = 120;
pub(crate) const DECISION: &[u8] = b"the assembly approves";

/// An election of 4 projects and at most 2 picks, opened.
pub(crate) fn opened(voting_again: bool) -> Election {
    let mut document = testing::document(4, 2);
    document.ballot.voting_again = voting_again;
    let manifest = Manifest::new(document).unwrap();
    TestElection::open(manifest, ChaCha20Rng::from_seed([7; 32]))
}

/// A ratified election with every kind of entry, and its documents.
pub(crate) fn ratified() -> (Election, Vec<Vec<u8>>) {
    let manifest = Manifest::new(testing::with_survey(testing::document(4, 2))).unwrap();
    let mut e = TestElection::open(manifest, ChaCha20Rng::from_seed([7; 32]));
    let a = e.register(1, 0);
    e.cast(&a, &[0, 1]);
    e.append(Body::Spoiled(TrackingCode::of(b"checked")))
        .unwrap();
    e.staff(StaffAction::Pause(Bilingual::new("a fault", "a fault")))
        .unwrap();
    e.staff(StaffAction::Resume(Bilingual::new("mended", "mended")))
        .unwrap();
    e.staff(StaffAction::SoftwareChanged(
        Document::of(SOFTWARE).unwrap(),
    ))
    .unwrap();
    e.staff(StaffAction::Withdraw(
        3,
        Bilingual::new("중복 사업", "twice"),
    ))
    .unwrap();
    e.staff(StaffAction::Notice(Bilingual::new("공지", "a notice")))
        .unwrap();
    e.staff(StaffAction::Roll(ClassIndex::new(0), PEOPLE))
        .unwrap();
    let b = e.register(2, 1);
    let c = e.register(3, 1);
    e.cast(&b, &[2]);
    e.cast(&c, &[1, 2]);
    e.close();
    survey(&mut e);
    e.decrypt();
    let document = document(&e.state);
    e.publish(&document);
    e.staff(StaffAction::Ratify(Document::of(DECISION).unwrap()))
        .unwrap();
    (e, vec![SOFTWARE.to_vec(), DECISION.to_vec(), document])
}

/// Enters the survey's totals.
pub(crate) fn survey(election: &mut Election) {
    let totals = election.offline_totals(900, &[400, 300, 200, 100]);
    election.staff(totals).unwrap();
}

/// The result document that a decrypted election gives.
pub(crate) fn document(state: &State) -> Vec<u8> {
    let result = result(state, &Supplement::default()).unwrap();
    result.to_canonical().unwrap()
}

/// The files of a log.
pub(crate) struct Log {
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) documents: Vec<Vec<u8>>,
    origin: Origin,
    key: SecretKey,
}

impl Log {
    pub(crate) fn of(election: &Election, documents: &[Vec<u8>]) -> Self {
        let manifest = election.state.manifest();
        let mut documents = documents.to_vec();
        documents.push(manifest.to_canonical());
        Self {
            entries: election.entries.clone(),
            documents,
            origin: election.state.policy().origin().clone(),
            key: election.keys.log.clone(),
        }
    }

    pub(crate) fn with(&self, entries: Vec<Vec<u8>>) -> Self {
        Self {
            entries,
            documents: self.documents.clone(),
            origin: self.origin.clone(),
            key: self.key.clone(),
        }
    }

    /// What whoever holds the log's key can do: indices, times and hashes follow on again.
    pub(crate) fn rebuilt(&self, entries: Vec<Vec<u8>>) -> Self {
        let (mut previous, mut time) = (LogHash::new([0; 32]), None);
        let relink = |(index, bytes): (u64, Vec<u8>)| {
            let bytes = match Entry::from_bytes(&bytes) {
                Ok(mut entry) => {
                    entry.index = LeafIndex::new(index);
                    entry.previous = previous;
                    entry.time = time.map_or(entry.time, |time| entry.time.max(time));
                    time = Some(entry.time);
                    entry.to_bytes()
                }
                Err(_) => bytes,
            };
            previous = leaf_hash(&bytes);
            bytes
        };
        self.with((0..).zip(entries).map(relink).collect())
    }

    /// Every file by its path.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut builder = TileBuilder::new();
        for entry in &self.entries {
            builder.append(leaf_hash(entry), |path, tile| {
                files.insert(path.to_string(), tile.to_bytes());
            });
        }
        for (path, tile) in builder.partial_tiles() {
            files.insert(path.to_string(), tile.to_bytes());
        }
        files.extend(self.bundles(self.entries.len()));
        for document in &self.documents {
            let path = format!("documents/{}", DocumentHash::of(document));
            files.insert(path, document.clone());
        }
        files.insert(
            "checkpoint".into(),
            self.checkpoint().to_string().into_bytes(),
        );
        files
    }

    /// The bundles at the paths of a log of `size` entries; these entries, in whatever number.
    pub(crate) fn bundles(&self, size: usize) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let count = size.div_ceil(256);
        for n in 0..count {
            let end = if n + 1 == count {
                self.entries.len()
            } else {
                256 * (n + 1)
            };
            let chunk = &self.entries[(256 * n).min(end)..end];
            let bytes = chunk.iter().flat_map(|entry| {
                let length = (entry.len() as u16).to_be_bytes();
                length.into_iter().chain(entry.iter().copied())
            });
            let width = (size - 256 * n).min(256);
            let path = match width {
                256 => format!("tile/entries/{n:03}"),
                width => format!("tile/entries/{n:03}.p/{width}"),
            };
            files.insert(path, bytes.collect());
        }
        files
    }

    pub(crate) fn checkpoint(&self) -> Note {
        let mut builder = TileBuilder::new();
        for entry in &self.entries {
            builder.append(leaf_hash(entry), |_, _| ());
        }
        let checkpoint = Checkpoint::new(self.origin.clone(), builder.size(), builder.root());
        checkpoint.sign(&self.key).unwrap()
    }

    pub(crate) fn write(&self) -> TempDir {
        write(&self.files())
    }

    pub(crate) fn verify(&self, expected: &Expectations) -> Report {
        verify_files(&self.files(), expected)
    }
}

pub(crate) fn write(files: &BTreeMap<String, Vec<u8>>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    folder
}

pub(crate) fn verify_files(files: &BTreeMap<String, Vec<u8>>, expected: &Expectations) -> Report {
    verify_folder(write(files).path(), expected)
}

pub(crate) fn verify_folder(folder: &Path, expected: &Expectations) -> Report {
    let source = Folder::open(folder).unwrap();
    verify(&source, "test", expected, &Silent)
}

/// `check@entry` of the first failure, or the verdict.
pub(crate) fn found(report: &Report) -> String {
    match &report.first_failure {
        Some(failure) => match failure.entry {
            Some(entry) => format!("{}@{entry}", failure.check),
            None => failure.check.to_owned(),
        },
        None => format!("{:?}", report.verdict).to_lowercase(),
    }
}

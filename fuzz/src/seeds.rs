//! What the targets begin from: the test vectors and samples of this tree, in the form each target
//! takes. Written by `FUZZ_SEEDS=FOLDER fuzz`, so that the tree holds none of it twice.

use crate::targets;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tally::result::{ClassTotal, ClassTotals, SignedResult, Standing, compute};
use voting_core::ballot::{BallotParameters, Choices, SealSeeds, VoterIdentity, seal};
use voting_core::cast::CastBallot;
use voting_core::codec::{Decode, Encode};
use voting_core::entry::{Body, Entry};
use voting_core::group::{Point, Scalar};
use voting_core::ids::{ClassIndex, DocumentHash, ElectionId, LogHash, Pseudonym};
use voting_core::keys::SecretKey;
use voting_core::log::note::Note;
use voting_core::log::tree::{ConsistencyProof, Frontier, InclusionProof, leaf_hash};
use voting_core::manifest::testing;
use voting_core::staff::{Document, RollClaim};

/// Writes the seeds of every target into a folder of its name.
///
/// # Panics
/// If a target has none, or a file cannot be read or written.
pub(crate) fn write(folder: &Path) {
    let seeds = Seeds { folder: folder.to_owned() };
    seeds.messages();
    seeds.log();
    seeds.tree();
    seeds.documents();
    for (target, _) in targets::ALL {
        let found = std::fs::read_dir(folder.join(target)).is_ok_and(|mut d| d.next().is_some());
        assert!(found, "the target {target} has no seed");
    }
}

struct Seeds {
    folder: PathBuf,
}

impl Seeds {
    fn add(&self, target: &str, bytes: &[u8]) {
        assert!(targets::ALL.iter().any(|(known, _)| *known == target), "{target} is no target");
        let folder = self.folder.join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        // The same bytes have the same name.
        let name = DocumentHash::of(bytes).to_string();
        std::fs::write(folder.join(name), bytes).expect("a file");
    }

    fn messages(&self) {
        let cast = vector("cast");
        for name in ["first", "again"] {
            self.add("cast_ballot", &unhex(&cast[name]));
        }
        for name in ["pending", "spoil"] {
            self.add("code_request", &unhex(&cast[name]));
        }
        let credential = vector("credential");
        for name in ["credential", "countersigned"] {
            self.add("credential", &unhex(&credential[name]));
        }
        let receipt = vector("receipt");
        for name in ["receipt", "refusal"] {
            self.add(name, &unhex(&receipt[name]));
        }
        self.add("staff_entry", &unhex(&vector("staff_action")["staff_entry"]));
        self.add("sums", &unhex(&vector("decryption")["sums"]));
        let sums = unhex(&vector("decryption")["sums"]);
        self.add("class_sums", &[&1_u32.to_be_bytes()[..], &sums].concat());
        self.add("decryption_share", &unhex(&vector("decryption")["message"]));
        let codes = vector("tracking_codes");
        let read = codes["codes"].as_array().expect("a list").iter().map(|code| &code["text"]);
        read.chain(codes["read_too"].as_array().expect("a list"))
            .for_each(|text| self.add("tracking_code", string(text)));
        self.add("ballot", &ballot());
        self.add("complaint", &complaint());
        [None, Some(ClassIndex::new(1))].into_iter().for_each(|class| self.add("roll_claim", &roll_claim(class)));
    }

    /// Every entry of the vectors' log, and what each holds.
    fn log(&self) {
        let entries = vector("log")["entries"].clone();
        let entries: Vec<Vec<u8>> = entries.as_array().expect("a list").iter().map(unhex).collect();
        for bytes in &entries {
            self.add("entry", bytes);
            match Entry::from_bytes(bytes).expect("a vector").body {
                Body::Staff(staff) => self.add("staff_entry", &staff.to_bytes()),
                Body::Credential(credential) => self.add("credential", &credential.to_bytes()),
                Body::Ballot(cast) => self.add("cast_ballot", &CastBallot::to_bytes(&cast)),
                Body::Trustee(message) => self.add(trustee_target(message[1]), &message),
                Body::Spoiled(_) => {}
            }
        }
        let width = |n: usize| u8::try_from(n - 1).expect("at most 256");
        let bundle = entries[..8].iter().flat_map(|entry| {
            let length = u16::try_from(entry.len()).expect("an entry is short").to_be_bytes();
            length.into_iter().chain(entry.iter().copied())
        });
        let bundle: Vec<u8> = std::iter::once(width(8)).chain(bundle).collect();
        self.add("entry_bundle", &bundle);
        let hashes = entries.iter().flat_map(|entry| *leaf_hash(entry).as_bytes());
        let tile: Vec<u8> = std::iter::once(width(entries.len())).chain(hashes).collect();
        self.add("tile", &tile);
        let mut frontier = Frontier::new();
        for entry in &entries {
            frontier.append(leaf_hash(entry));
            self.add("frontier", &frontier.to_bytes());
        }
    }

    fn tree(&self) {
        let tree = vector("tree");
        let proofs = |name: &str| tree[name].as_array().expect("a list").clone();
        let hashes = |proof: &Value| -> Vec<LogHash> {
            serde_json::from_value(proof["hashes"].clone()).expect("hashes")
        };
        for proof in proofs("inclusion") {
            let proof = InclusionProof::new(hashes(&proof)).expect("a short proof");
            self.add("inclusion_proof", &proof.to_bytes());
        }
        for proof in proofs("consistency") {
            let proof = ConsistencyProof::new(hashes(&proof)).expect("a short proof");
            self.add("consistency_proof", &proof.to_bytes());
        }
        let vector = vector("checkpoint");
        for name in ["checkpoint", "cosigned"] {
            self.add("note", string(&vector[name]));
            let note = Note::parse(string(&vector[name])).expect("a note");
            self.add("checkpoint", note.text().as_bytes());
        }
        self.add("add_checkpoint", string(&vector["add_checkpoint"]));
        self.add("tlog_proof", string(&vector["tlog_proof"]));
        for name in ["log", "witness"] {
            self.add("verifier_key", string(&vector[name]));
        }
        for path in ["tile/0/000", "tile/1/x001/x234/067", "tile/entries/005.p/17"] {
            self.add("tile_path", path.as_bytes());
        }
    }

    fn documents(&self) {
        self.add("manifest", &read("voting-core/tests/vectors/v1/manifest.json"));
        self.add("manifest", &read("docs/samples/manifest.json"));
        for folder in ["docs/samples/presets", "tally/tests/fixtures", "load-tests/fixtures"] {
            for file in std::fs::read_dir(root().join(folder)).expect("a folder of this tree") {
                let path = file.expect("a file").path();
                let bytes = std::fs::read(&path).expect("a file of this tree");
                match path.extension().and_then(|extension| extension.to_str()) {
                    Some("pb") => self.add("pb_file", &bytes),
                    Some("json") => self.add("preset", &bytes),
                    _ => {}
                }
            }
        }
        self.add("result", &result());
    }
}

fn trustee_target(kind: u8) -> &'static str {
    match kind {
        1 => "round_one",
        2 => "round_two",
        3 => "complaint",
        4 => "confirmation",
        _ => "decryption_share",
    }
}

/// A complaint that decodes: trustee 1 about trustee 2. The vectors' ceremony has none.
fn complaint() -> Vec<u8> {
    let shared = Point::mul_base(&Scalar::from(9_u8)).compress();
    let (challenge, response) = (Scalar::from(5_u8), Scalar::from(6_u8));
    [
        &[1, 3, 0, 1, 0, 0, 0, 2][..],
        shared.as_bytes(),
        challenge.as_bytes(),
        response.as_bytes(),
        &[0; 64],
    ]
    .concat()
}

/// A staff member's claim for a roll file.
fn roll_claim(class: Option<ClassIndex>) -> Vec<u8> {
    let file = Document::of(b"ci\na\n").expect("a short file");
    let election = ElectionId::new([7; 32]);
    let claim = RollClaim { election, number: 1, class, replace: false, keep: true, file };
    claim.sign(1, &SecretKey::from_seed(&[4; 32])).to_bytes()
}

/// A ballot of the target's shape.
fn ballot() -> Vec<u8> {
    let shape = targets::shape().clone();
    let key = Point::mul_base(&Scalar::from(9_u8));
    let params = BallotParameters::new(ElectionId::new([7; 32]), key, shape);
    let voter = VoterIdentity {
        pseudonym: Pseudonym::new([3; 32]),
        class: ClassIndex::new(0),
        key: SecretKey::from_seed(&[4; 32]).verify_key(),
    };
    let choices = Choices::new(&params.shape, &[1]).expect("one choice");
    let seeds = SealSeeds::from_bytes([1; 32], [2; 32]);
    seal(&params, &voter, &choices, &seeds).bytes().to_vec()
}

/// A signed result of the sample election.
fn result() -> Vec<u8> {
    let manifest = testing::manifest(3, 2);
    let total = |class: &voting_core::manifest::VoterClass| ClassTotal {
        class: class.id.clone(),
        standing: Standing::Counted,
        ballots: 5,
        issued: 7,
        marks: vec![4, 2, 1],
    };
    let totals = ClassTotals {
        classes: manifest.classes.iter().map(total).collect(),
        withdrawn: Vec::new(),
        seeds: Vec::new(),
    };
    let result = compute(&manifest, &totals).expect("totals of this election");
    let mut signed = SignedResult::unsigned(result);
    for key in &testing::keys().staff[..2] {
        signed.sign(key).expect("a result that prints");
    }
    signed.to_canonical().expect("a result that prints")
}

fn vector(name: &str) -> Value {
    let file = format!("voting-core/tests/vectors/v1/{name}.json");
    serde_json::from_slice(&read(&file)).expect("JSON")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(root().join(path)).expect("a file of this tree")
}

fn string(value: &Value) -> &[u8] {
    value.as_str().expect("a text").as_bytes()
}

fn unhex(value: &Value) -> Vec<u8> {
    let digits = string(value).chunks(2);
    digits
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(pair, 16).expect("digits")
        })
        .collect()
}

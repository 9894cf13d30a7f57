//! The vectors in the tree are what the command writes, and every verifier's word on them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/vectors/ballots.rs"]
mod ballots;
#[path = "../examples/vectors/election.rs"]
mod election;
#[path = "../examples/vectors/generate.rs"]
mod generate;
#[path = "../examples/vectors/logs.rs"]
mod logs;
#[path = "../examples/vectors/messages.rs"]
mod messages;
#[path = "../examples/vectors/signatures.rs"]
mod signatures;
#[path = "../examples/vectors/tree.rs"]
mod tree;

use data_encoding::HEXLOWER;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use voting_core::ballot::testing::broken_equations;
use voting_core::ballot::{
    Ballot, BallotParameters, BallotShape, BallotVerifier, Choices, Limit, SealSeeds,
    VoterIdentity, open_with_seed, seal,
};
use voting_core::group::decode_point;
use voting_core::ids::ClassIndex;

fn files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/v1");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

#[test]
fn the_files_are_what_the_command_writes() {
    let (written, generated) = (files(), generate::all());
    let names: Vec<&String> = written.keys().collect();
    let mut expected: Vec<&String> = generated.iter().map(|(name, _)| name).collect();
    expected.sort();
    assert_eq!(names, expected);
    for (name, content) in &generated {
        assert!(
            written[name] == *content,
            "{name} differs; run the vectors command"
        );
    }
}

fn unhex(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn number(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

/// Reads a statement from a file alone, as a stranger would.
fn statement(value: &Value) -> (BallotParameters, VoterIdentity) {
    let limits = value["limits"].as_array().unwrap().iter().map(|l| Limit {
        members: l["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect(),
        min: number(&l["min"]),
        max: number(&l["max"]),
    });
    let shape = BallotShape::new(number(&value["options"]) as usize, limits.collect()).unwrap();
    let key = unhex(&value["election_key"]).try_into().unwrap();
    let election = value["election_id"].as_str().unwrap().parse().unwrap();
    let voter = &value["voter"];
    let identity = VoterIdentity {
        pseudonym: voter["pseudonym"].as_str().unwrap().parse().unwrap(),
        class: ClassIndex::new(number(&voter["class"]).try_into().unwrap()),
        key: voter["key"].as_str().unwrap().parse().unwrap(),
    };
    (
        BallotParameters::new(election, decode_point(&key, "H").unwrap(), shape),
        identity,
    )
}

#[test]
fn good_ballots_are_accepted_and_open_and_bad_ones_are_refused() {
    let (mut good, mut bad) = (0, 0);
    for (name, content) in files().iter().filter(|(name, _)| name.contains("ballot_")) {
        let vector: Value = serde_json::from_str(content).unwrap();
        let (params, voter) = statement(&vector["statement"]);
        let ballots: Vec<Vec<u8>> = match vector.get("batch") {
            Some(batch) => batch.as_array().unwrap().iter().map(unhex).collect(),
            None => vec![unhex(&vector["ballot"])],
        };
        let accepted = verdicts(&params, &voter, &ballots);
        let expected = vector["accept"].as_bool().unwrap();
        assert_eq!(accepted, vec![expected; ballots.len()], "{name}");
        if expected {
            let seed = unhex(&vector["seeds"]["randomness"]).try_into().unwrap();
            let mut rng = ChaCha20Rng::seed_from_u64(1);
            let chosen = open_with_seed(&params, &voter, &ballots[0], &seed, &mut rng).unwrap();
            let expected: Vec<u32> = vector["chosen"]
                .as_array()
                .unwrap()
                .iter()
                .map(number)
                .collect();
            assert_eq!(chosen, expected, "{name}");
            good += 1;
        } else {
            for ballot in &ballots {
                assert!(refused_alone_of_256(&params, &voter, ballot), "{name}");
            }
            bad += 1;
        }
    }
    assert!(good >= 3 && bad >= 40, "{good} good and {bad} bad vectors");
}

/// Among 255 good ballots, which are accepted. What does not decode never comes into a batch.
fn refused_alone_of_256(params: &BallotParameters, voter: &VoterIdentity, bytes: &[u8]) -> bool {
    let Ok(bad) = Ballot::decode(&params.shape, bytes) else {
        return true;
    };
    let choices = Choices::new(&params.shape, &[1]).unwrap();
    let seeds = SealSeeds::from_bytes([31; 32], [32; 32]);
    let good = seal(params, voter, &choices, &seeds);
    let good = Ballot::decode(&params.shape, good.bytes()).unwrap();
    let mut items = vec![(*voter, &good); 256];
    items[100] = (*voter, &bad);
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let verdicts = BallotVerifier::new(params).verify(&items, &mut rng);
    let mut verdicts = verdicts.iter().enumerate();
    verdicts.all(|(i, verdict)| verdict.is_ok() == (i != 100))
}

/// A verifier that forgets an equation accepts a vector: each is broken alone by one at least.
#[test]
fn every_equation_is_broken_alone_by_some_vector() {
    let mut alone = BTreeMap::new();
    for (name, content) in files()
        .iter()
        .filter(|(name, _)| name.contains("ballot_only_"))
    {
        let vector: Value = serde_json::from_str(content).unwrap();
        let (params, voter) = statement(&vector["statement"]);
        let ballot = Ballot::decode(&params.shape, &unhex(&vector["ballot"])).unwrap();
        let broken = broken_equations(&params, &voter, &ballot);
        assert_eq!(vector["breaks"], Value::from(broken.clone()), "{name}");
        assert_eq!(broken.len(), 1, "{name} breaks {broken:?}");
        *alone.entry(broken[0]).or_insert(0) += 1;
    }
    assert_eq!(
        alone,
        BTreeMap::from([(1, 1), (2, 1), (3, 2), (4, 1), (5, 4)])
    );
}

/// Bad ballots of one statement beside 255 good ones of it: the bad one alone is refused.
#[test]
fn a_bad_vector_is_refused_beside_255_good_ones() {
    let files = files();
    let good: Value = serde_json::from_str(&files["ballot_one.json"]).unwrap();
    let (params, voter) = statement(&good["statement"]);
    let good = unhex(&good["ballot"]);
    for (name, content) in files
        .iter()
        .filter(|(name, _)| name.contains("ballot_only_"))
    {
        let vector: Value = serde_json::from_str(content).unwrap();
        let mut ballots = vec![good.clone(); 256];
        ballots[100] = unhex(&vector["ballot"]);
        let accepted = verdicts(&params, &voter, &ballots);
        let expected: Vec<_> = (0..256).map(|i| i != 100).collect();
        assert_eq!(accepted, expected, "{name}");
    }
}

/// Verified together, so that a batch vector is a batch.
fn verdicts(params: &BallotParameters, voter: &VoterIdentity, ballots: &[Vec<u8>]) -> Vec<bool> {
    let decoded: Result<Vec<_>, _> = ballots
        .iter()
        .map(|bytes| Ballot::decode(&params.shape, bytes))
        .collect();
    let Ok(decoded) = decoded else {
        return vec![false; ballots.len()];
    };
    let items: Vec<_> = decoded.iter().map(|ballot| (*voter, ballot)).collect();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    BallotVerifier::new(params)
        .verify(&items, &mut rng)
        .iter()
        .map(Result::is_ok)
        .collect()
}

//! Form, policy and quorum.

use super::*;
use crate::log::note::{CosignatureTime, SignatureType, VerifierKey};
use crate::log::tree::leaf_hash;
use proptest::collection::vec;
use proptest::prelude::*;

pub(in crate::log) const ORIGIN: &str = "example.com/log";

// The example of tlog-checkpoint.
const EXAMPLE: &str = "example.com/behind-the-sofa\n\
    20852163\n\
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

pub(in crate::log) fn secret(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

pub(in crate::log) fn witness(n: u8) -> VerifierKey {
    VerifierKey::new(
        witness_name(n),
        SignatureType::CosignatureV1,
        secret(n).verify_key(),
    )
}

fn witness_name(n: u8) -> KeyName {
    KeyName::new(format!("witness.example/{n}")).unwrap()
}

fn origin() -> Origin {
    Origin::new(ORIGIN).unwrap()
}

/// Believes [`ORIGIN`] with `secret(0)` and `n` of `witness(1)` to `witness(3)`.
pub(in crate::log) fn policy(n: usize) -> LogPolicy {
    let quorum = Quorum::new(n, (1..=3).map(witness).collect()).unwrap();
    LogPolicy::new(origin(), secret(0).verify_key(), quorum).unwrap()
}

/// Signed by the log and cosigned by these witnesses, at second 1000 + n.
pub(in crate::log) fn signed(size: u64, root: LogHash, witnesses: &[u8]) -> Note {
    let checkpoint = Checkpoint::new(origin(), TreeSize::new(size), root);
    cosigned(checkpoint.sign(&secret(0)).unwrap(), witnesses)
}

fn cosigned(note: Note, witnesses: &[u8]) -> Note {
    witnesses.iter().fold(note, |note, &n| {
        let time = CosignatureTime::new(1000 + u64::from(n)).unwrap();
        let line = note.cosign(witness_name(n), &secret(n), time);
        note.with_signature(line).unwrap()
    })
}

fn root() -> LogHash {
    leaf_hash(b"root")
}

#[test]
fn the_example_comes_back() {
    let checkpoint: Checkpoint = EXAMPLE.parse().unwrap();
    assert_eq!(checkpoint.origin().as_str(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size(), TreeSize::new(20_852_163));
    assert!(checkpoint.extensions().is_empty());
    assert_eq!(checkpoint.to_string(), EXAMPLE);
    let extended = format!("{EXAMPLE}one\ntwo 둘\n");
    let checkpoint: Checkpoint = extended.parse().unwrap();
    assert_eq!(checkpoint.extensions(), ["one", "two 둘"]);
    assert_eq!(checkpoint.to_string(), extended);
    let empty = Checkpoint::new(origin(), TreeSize::new(0), EMPTY_ROOT);
    assert_eq!(empty.to_string().parse(), Ok(empty));
}

#[test]
fn other_forms_are_refused() {
    use ParseCheckpointError::*;
    let parse = |text: &str| text.parse::<Checkpoint>().unwrap_err();
    assert_eq!(parse(""), Origin);
    assert_eq!(parse("example.com"), Origin);
    assert_eq!(parse(&format!("\n{EXAMPLE}")), Origin);
    assert_eq!(parse(&EXAMPLE.replace("-sofa", "\tsofa")), Origin);
    assert_eq!(parse(&EXAMPLE.replace("example", &"x".repeat(255))), Origin);
    for size in [
        "",
        "-1",
        "+1",
        "01",
        "1.0",
        "1e3",
        " 1",
        "1 ",
        "0x1",
        "4611686018427387905",
        "١",
    ] {
        assert_eq!(parse(&EXAMPLE.replace("20852163", size)), Size, "{size}");
    }
    assert!(
        EXAMPLE
            .replace("20852163", "4611686018427387904")
            .parse::<Checkpoint>()
            .is_ok()
    );
    assert_eq!(parse(&EXAMPLE.replace("20852163", "0")), Root);
    assert_eq!(parse(&EXAMPLE.replace("q2I=", "q2I")), Root);
    assert_eq!(parse(&EXAMPLE.replace("q2I=", "q2J=")), Root);
    assert_eq!(parse(&EXAMPLE.replace("CsUY", "")), Root);
    assert_eq!(parse(&EXAMPLE.replace("CsUY", "CsUYCsUY")), Root);
    assert_eq!(parse(EXAMPLE.trim_end()), Root);
    assert_eq!(parse(&format!("{EXAMPLE}\n")), Extension);
    assert_eq!(parse(&format!("{EXAMPLE}a\n\nb\n")), Extension);
    assert_eq!(parse(&format!("{EXAMPLE}a")), Extension);
    let checkpoint: Checkpoint = EXAMPLE.parse().unwrap();
    assert!(
        checkpoint
            .clone()
            .with_extensions(vec!["a\nb".into()])
            .is_err()
    );
    assert!(checkpoint.with_extensions(vec![String::new()]).is_err());
}

#[test]
fn a_quorum_opens_and_says_who_cosigned() {
    let note = signed(5, root(), &[3, 1]);
    let opened = policy(2).open(&note).unwrap();
    assert_eq!(opened.checkpoint().size(), TreeSize::new(5));
    assert_eq!(opened.checkpoint().root(), root());
    let who: Vec<_> = opened
        .cosignatures()
        .iter()
        .map(|c| c.witness().as_str())
        .collect();
    assert_eq!(who, ["witness.example/1", "witness.example/3"]);
    assert_eq!(opened.cosignatures()[1].time().seconds(), 1003);
    let too_few = OpenCheckpointError::NoQuorum { have: 2, need: 3 };
    assert_eq!(policy(3).open(&note), Err(too_few.clone()));
    let opened = policy(3).open_without_quorum(&note).unwrap();
    assert_eq!(opened.cosignatures().len(), 2);
    assert_eq!(policy(3).demand_quorum(&opened), Err(too_few));
}

#[test]
fn cosignatures_by_strangers_or_twice_by_one_do_not_count() {
    let note = signed(5, root(), &[1, 9]);
    let twice = note.cosign(
        witness_name(1),
        &secret(1),
        CosignatureTime::new(2000).unwrap(),
    );
    let doubled: Note = format!("{note}{twice}").parse().unwrap();
    let error = policy(2).open(&doubled).unwrap_err();
    assert_eq!(error, OpenCheckpointError::NoQuorum { have: 1, need: 2 });
    let opened = policy(1).open(&doubled).unwrap();
    assert_eq!(opened.cosignatures()[0].time().seconds(), 2000);
}

#[test]
fn what_the_log_has_not_signed_does_not_open() {
    let checkpoint = Checkpoint::new(origin(), TreeSize::new(5), root());
    let by_another = cosigned(checkpoint.sign(&secret(7)).unwrap(), &[1, 2, 3]);
    assert_eq!(
        policy(0).open(&by_another),
        Err(OpenCheckpointError::NotSignedByLog)
    );
    let by_nobody = checkpoint.sign(&secret(7)).unwrap();
    assert_eq!(
        policy(0).open(&by_nobody),
        Err(OpenCheckpointError::NotSignedByLog)
    );
    let note = signed(5, root(), &[1]);
    let moved: Note = note
        .to_string()
        .replacen("\n5\n", "\n6\n", 1)
        .parse()
        .unwrap();
    assert!(matches!(
        policy(0).open(&moved),
        Err(OpenCheckpointError::Note(NoteError::BadSignature { .. }))
    ));
}

#[test]
fn one_false_cosignature_by_a_known_witness_fails_the_checkpoint() {
    let other = signed(6, root(), &[2]);
    let note = signed(5, root(), &[1])
        .with_signature(other.signatures()[1].clone())
        .unwrap();
    let error = policy(0).open(&note).unwrap_err();
    let name = witness_name(2);
    assert_eq!(
        error,
        OpenCheckpointError::Note(NoteError::BadSignature { name })
    );
}

#[test]
fn another_logs_checkpoint_and_other_notes_do_not_open() {
    let name = || KeyName::new(ORIGIN).unwrap();
    let text = format!("example.com/other\n5\n{}\n", encode_hash(&root()));
    let note = Note::sign(text, name(), &secret(0)).unwrap();
    let other = Origin::new("example.com/other").unwrap();
    assert_eq!(
        policy(0).open(&note),
        Err(OpenCheckpointError::OtherOrigin(other))
    );
    let note = Note::sign("hello\n".into(), name(), &secret(0)).unwrap();
    let error = OpenCheckpointError::Parse(ParseCheckpointError::Size);
    assert_eq!(policy(0).open(&note), Err(error));
}

#[test]
fn a_policy_that_would_count_one_key_twice_is_refused() {
    let quorum = |n, keys: Vec<VerifierKey>| Quorum::new(n, keys).unwrap_err();
    let twice = PolicyError::Repeated(witness_name(1));
    assert_eq!(quorum(2, vec![witness(1), witness(1)]), twice);
    let kind = SignatureType::CosignatureV1;
    let renamed = VerifierKey::new(witness_name(2), kind, secret(1).verify_key());
    assert_eq!(
        quorum(2, vec![witness(1), renamed]),
        PolicyError::Repeated(witness_name(2))
    );
    let same_name = VerifierKey::new(witness_name(1), kind, secret(2).verify_key());
    assert_eq!(quorum(2, vec![witness(1), same_name]), twice);
    let plain = VerifierKey::new(
        witness_name(1),
        SignatureType::Ed25519,
        secret(1).verify_key(),
    );
    assert_eq!(
        quorum(1, vec![plain]),
        PolicyError::NotAWitness(witness_name(1))
    );
    let too_few = PolicyError::TooFewWitnesses { n: 2, witnesses: 1 };
    assert_eq!(quorum(2, vec![witness(1)]), too_few);
    let quorum = Quorum::new(1, vec![witness(1)]).unwrap();
    let own = LogPolicy::new(origin(), secret(1).verify_key(), quorum);
    assert_eq!(own, Err(twice));
    let spaced = Origin::new("a log").unwrap();
    let policy = LogPolicy::new(spaced.clone(), secret(0).verify_key(), Quorum::none());
    assert_eq!(policy, Err(PolicyError::Name(ParseKeyError::Name)));
    let checkpoint = Checkpoint::new(spaced, TreeSize::new(5), root());
    let error = SignCheckpointError::Name(ParseKeyError::Name);
    assert_eq!(checkpoint.sign(&secret(0)), Err(error));
}

#[test]
fn origins_come_back_and_are_bounded() {
    let origin = origin();
    assert_eq!(Origin::from_bytes(&origin.to_bytes()), Ok(origin.clone()));
    let json = serde_json::to_string(&origin).unwrap();
    assert_eq!(serde_json::from_str::<Origin>(&json).unwrap(), origin);
    assert!(Origin::new("x".repeat(255)).is_ok());
    assert!(Origin::new("x".repeat(256)).is_err());
    assert!(Origin::new("").is_err());
    assert!(Origin::new("a\nb").is_err());
    assert_eq!(policy(0).log_key().name().as_str(), ORIGIN);
}

proptest! {
    #[test]
    fn checkpoints_come_back(
        origin in "[^\\x00-\\x1f]{1,60}", size in 1u64..=1 << 62, root: [u8; 32],
        extensions in vec("[^\\x00-\\x1f]{1,20}", 0..4),
    ) {
        let origin = Origin::new(origin).unwrap();
        let checkpoint = Checkpoint::new(origin, TreeSize::new(size), LogHash::new(root));
        let checkpoint = checkpoint.with_extensions(extensions).unwrap();
        prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
    }

    #[test]
    fn garbage_is_refused_without_panic(
        text in "(a|\n|0|12|CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=){0,12}",
        any in ".{0,80}", at in 0..EXAMPLE.len(), with in "[\\x00-\\x7f]",
    ) {
        let changed = [&EXAMPLE[..at], &with, &EXAMPLE[at + 1..]].concat();
        for text in [text, any, changed] {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}

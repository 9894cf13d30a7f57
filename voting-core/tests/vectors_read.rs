//! The vectors other than ballots, read back as a stranger would: from their files alone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use chacha20poly1305::{AeadInOut, ChaCha20Poly1305, KeyInit, Nonce};
use data_encoding::HEXLOWER;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use voting_core::audit::{ClassSums, Group, Signatures, State, Violation};
use voting_core::ballot::{Ballot, BallotVerifier};
use voting_core::cast::{CastBallot, CodeIntent, CodeRequest};
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::decryption::{CiphertextSums, DecryptionShare};
use voting_core::entry::{Body, Entry};
use voting_core::group::{Point, Scalar, decode_point, decode_scalar};
use voting_core::ids::{ElectionId, LeafIndex, LogHash};
use voting_core::keys::{Signature, VerifyKey};
use voting_core::log::checkpoint::{LogPolicy, Origin, Quorum};
use voting_core::log::note::{Note, VerifierKey};
use voting_core::log::proof::TlogProof;
use voting_core::log::tree::{ConsistencyProof, InclusionProof, TreeSize, leaf_hash};
use voting_core::log::witness::AddCheckpoint;
use voting_core::manifest::{Manifest, PseudonymKeyCommitment};
use voting_core::receipt::{Receipt, Refusal};
use voting_core::rule::{ContestId, LotSeed, ProjectId};
use voting_core::staff::StaffEntry;
use voting_core::tags;
use voting_core::tracking::{TrackingCode, TrackingPrefix};
use voting_core::transcript::Transcript;
use voting_core::trustee::Signed;

fn vector(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/v1");
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

fn unhex(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// A text as its type reads it.
fn text<T: std::str::FromStr>(value: &Value) -> T {
    value.as_str().unwrap().parse().ok().unwrap()
}

/// Canonical bytes: what is decoded is written again the same.
fn decoded<T: Decode + Encode>(value: &Value) -> T {
    let bytes = unhex(value);
    let decoded = T::from_bytes(&bytes).unwrap();
    assert_eq!(decoded.to_bytes(), bytes);
    decoded
}

fn point(bytes: &[u8]) -> Point {
    decode_point(bytes.try_into().unwrap(), "point").unwrap()
}

fn scalar(bytes: &[u8]) -> Scalar {
    decode_scalar(bytes.try_into().unwrap(), "scalar").unwrap()
}

#[test]
fn tracking_codes_are_hashes_and_read_as_people_write_them() {
    let vector = vector("tracking_codes.json");
    for code in vector["codes"].as_array().unwrap() {
        let own = TrackingCode::of(&unhex(&code["ballot"]));
        assert_eq!(own, text(&code["code"]));
        assert_eq!(own.prefix().to_string(), code["text"].as_str().unwrap());
        assert!(text::<TrackingPrefix>(&code["text"]).matches(&own));
    }
    let parses = |text: &Value| text.as_str().unwrap().parse::<TrackingPrefix>().is_ok();
    assert!(vector["read_too"].as_array().unwrap().iter().all(parses));
    assert!(!vector["refused"].as_array().unwrap().iter().any(parses));
}

#[test]
fn credentials_casts_and_code_requests_verify() {
    let vector_ = vector("credential.json");
    let election: ElectionId = text(&vector_["election_id"]);
    let key = |name: &str| -> VerifyKey { read(&vector_["keys"][name]) };
    let (registrar, second) = (key("registrar"), key("countersigner"));
    let alone: Credential = decoded(&vector_["credential"]);
    let both: Credential = decoded(&vector_["countersigned"]);
    assert_eq!(alone.verify(&election, &registrar, None), Ok(()));
    assert!(alone.verify(&election, &registrar, Some(&second)).is_err());
    assert_eq!(both.verify(&election, &registrar, Some(&second)), Ok(()));
    assert_eq!(alone.voter.key, key("voter"));

    let casts = vector("cast.json");
    for name in ["first", "again"] {
        let cast: CastBallot = decoded(&casts[name]);
        assert_eq!(cast.verify_signature(&election), Ok(()));
        assert_eq!(cast.tracking_code(), text(&casts["tracking_code"]));
        assert_eq!(cast.credential, alone);
    }
    let (pending, spoil) = (CodeIntent::Pending, CodeIntent::Spoil);
    for (name, intent, other) in [("pending", pending, spoil), ("spoil", spoil, pending)] {
        let request: CodeRequest = decoded(&casts[name]);
        assert_eq!(request.verify(&election, intent), Ok(()));
        assert!(request.verify(&election, other).is_err());
    }
}

#[test]
fn receipts_refusals_and_staff_actions_verify() {
    let vector_ = vector("receipt.json");
    let receipt: Receipt = decoded(&vector_["receipt"]);
    let refusal: Refusal = decoded(&vector_["refusal"]);
    let (log, ballot_box) = (&vector_["keys"]["log"], &vector_["keys"]["ballot_box"]);
    assert_eq!(receipt.verify(&read(log)), Ok(()));
    assert_eq!(refusal.verify(&read(ballot_box)), Ok(()));
    assert!(refusal.verify(&read(log)).is_err());

    let vector_ = vector("staff_action.json");
    let entry: StaffEntry = decoded(&vector_["staff_entry"]);
    let staff: Vec<VerifyKey> = read(&vector_["staff"]);
    let election = text(&vector_["election_id"]);
    assert_eq!(entry.verify(&election, &staff, 2), Ok(()));
    assert!(entry.verify(&election, &staff, 3).is_err());
    assert_eq!(entry.proposal.to_bytes(), unhex(&vector_["proposal"]));
}

#[test]
fn lots_and_commitments_are_what_they_say() {
    let vector_ = vector("lot.json");
    let seed: LotSeed = text(&vector_["seed"]);
    let contest: ContestId = read(&vector_["contest"]);
    let projects: Vec<ProjectId> = read(&vector_["projects"]);
    let order: Vec<ProjectId> = read(&vector_["order"]);
    assert_eq!(seed.commitment(), read(&vector_["commitment"]));
    assert_eq!(
        seed.order(&contest, &projects),
        order.iter().collect::<Vec<_>>()
    );
    for (project, ticket) in projects.iter().zip(vector_["tickets"].as_array().unwrap()) {
        assert_eq!(seed.ticket(&contest, project).as_slice(), unhex(ticket));
    }
    let vector_ = vector("pseudonym_commitment.json");
    let key = unhex(&vector_["key"]).try_into().unwrap();
    assert_eq!(
        PseudonymKeyCommitment::of(&key),
        read(&vector_["commitment"])
    );
}

/// `MTH` of RFC 6962 as it is written there.
fn mth(entries: &[Vec<u8>]) -> [u8; 32] {
    match entries {
        [] => Sha256::digest([]).into(),
        [one] => Sha256::digest([&[0], one.as_slice()].concat()).into(),
        _ => {
            let k = entries.len().next_power_of_two() / 2;
            let (left, right) = entries.split_at(k);
            let node = [&[1], mth(left).as_slice(), mth(right).as_slice()].concat();
            Sha256::digest(node).into()
        }
    }
}

#[test]
fn trees_and_proofs_verify() {
    let vector = vector("tree.json");
    let entries: Vec<Vec<u8>> = vector["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(unhex)
        .collect();
    let roots: Vec<LogHash> = read(&vector["roots"]);
    for (n, root) in roots.iter().enumerate() {
        assert_eq!(mth(&entries[..n]), *root.as_bytes());
    }
    let number = |value: &Value| value.as_u64().unwrap();
    let root = |n: u64| roots[usize::try_from(n).unwrap()];
    for proof in vector["inclusion"].as_array().unwrap() {
        let (index, n) = (number(&proof["index"]), number(&proof["size"]));
        let leaf = leaf_hash(&entries[usize::try_from(index).unwrap()]);
        let path = InclusionProof::new(read(&proof["hashes"])).unwrap();
        let (index, size) = (LeafIndex::new(index), TreeSize::new(n));
        assert_eq!(path.verify(leaf, index, size, root(n)), Ok(()));
        assert!(
            path.verify(leaf_hash(b"other"), index, size, root(n))
                .is_err()
        );
    }
    for proof in vector["consistency"].as_array().unwrap() {
        let (old, new) = (number(&proof["old"]), number(&proof["new"]));
        let path = ConsistencyProof::new(read(&proof["hashes"])).unwrap();
        let sizes = (TreeSize::new(old), TreeSize::new(new));
        assert_eq!(path.verify(sizes.0, root(old), sizes.1, root(new)), Ok(()));
        let other = path.verify(sizes.0, root(old), sizes.1, leaf_hash(b"other"));
        assert_eq!(
            other.is_err(),
            old > 0,
            "every tree grows from the empty one"
        );
    }
}

#[test]
fn checkpoints_cosignatures_and_proof_files_verify() {
    let (vector_, tree) = (vector("checkpoint.json"), vector("tree.json"));
    let (log, witness): (VerifierKey, VerifierKey) =
        (read(&vector_["log"]), read(&vector_["witness"]));
    let origin = Origin::new(log.name().as_str()).unwrap();
    let policy = |n| {
        let quorum = Quorum::new(n, vec![witness.clone()]).unwrap();
        LogPolicy::new(origin.clone(), *log.key(), quorum).unwrap()
    };
    let note = |name: &str| vector_[name].as_str().unwrap().parse::<Note>().unwrap();
    let opened = policy(0).open(&note("checkpoint")).unwrap();
    assert_eq!(opened.checkpoint().root(), read(&tree["roots"][7]));
    assert!(
        policy(1).open(&note("checkpoint")).is_err(),
        "no witness has cosigned"
    );
    assert_eq!(
        policy(1)
            .open(&note("cosigned"))
            .unwrap()
            .cosignatures()
            .len(),
        1
    );
    let proof: TlogProof = text(&vector_["tlog_proof"]);
    assert!(
        proof
            .verify(&unhex(&tree["entries"][2]), &policy(1))
            .is_ok()
    );
    assert!(
        proof
            .verify(&unhex(&tree["entries"][3]), &policy(1))
            .is_err()
    );
    let request: AddCheckpoint = text(&vector_["add_checkpoint"]);
    let latest = (TreeSize::new(3), read(&tree["roots"][3]));
    assert!(request.check(&policy(0), Some(latest)).is_ok());
    let split = (TreeSize::new(3), read(&tree["roots"][2]));
    assert!(request.check(&policy(0), Some(split)).is_err());
}

/// Replays a log as an observer does and gives the state, or what it breaks.
fn replay(manifest: &str, entries: &[Vec<u8>]) -> Result<State, Violation> {
    let manifest = Manifest::parse_canonical(manifest.as_bytes()).unwrap();
    let mut state = State::new(Arc::new(manifest))?;
    let counting = counting(entries);
    for bytes in entries {
        let entry = Entry::from_bytes(bytes)
            .map_err(|e| Violation::new(voting_core::audit::Check::EntryEncoding, e))?;
        let closed = state.grouping().is_some();
        state.apply(&entry, bytes, Signatures::Verify)?;
        if let Body::Ballot(cast) = &entry.body {
            check_proof(&state, cast)?;
        }
        if !closed && state.grouping().is_some() {
            let sums = sums(&state, &counting);
            state.provide_sums(&sums)?;
        }
    }
    Ok(state)
}

fn check_proof(state: &State, cast: &CastBallot) -> Result<(), Violation> {
    let violation =
        |e: &dyn std::fmt::Display| Violation::new(voting_core::audit::Check::BallotProof, e);
    let ballot = Ballot::decode(state.shape(), cast.ballot()).map_err(|e| violation(&e))?;
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    BallotVerifier::new(state.ballot_parameters().unwrap())
        .verify_one(&cast.credential.voter, &ballot, &mut rng)
        .map_err(|e| violation(&e))
}

/// Everyone's last ballot.
fn counting(entries: &[Vec<u8>]) -> Vec<CastBallot> {
    let mut last = std::collections::BTreeMap::new();
    for entry in entries
        .iter()
        .filter_map(|bytes| Entry::from_bytes(bytes).ok())
    {
        if let Body::Ballot(cast) = entry.body {
            last.insert(cast.credential.voter.pseudonym, *cast);
        }
    }
    last.into_values().collect()
}

fn sums(state: &State, counting: &[CastBallot]) -> ClassSums {
    let classes = state.manifest().classes.len();
    let mut sums = ClassSums::new(classes, state.shape().options()).unwrap();
    for cast in counting {
        let ballot = Ballot::decode(state.shape(), cast.ballot()).unwrap();
        sums.add(cast.credential.voter.class, ballot.ciphertexts())
            .unwrap();
    }
    sums
}

fn log() -> (Value, Vec<Vec<u8>>) {
    let vector = vector("log.json");
    let entries = vector["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(unhex)
        .collect();
    (vector, entries)
}

#[test]
fn the_log_verifies_and_gives_its_totals() {
    let (vector, entries) = log();
    let state = replay(vector["manifest"].as_str().unwrap(), &entries).unwrap();
    assert_eq!(state.election(), text(&vector["election_id"]));
    assert_eq!(mth(&entries), *read::<LogHash>(&vector["root"]).as_bytes());
    let totals = state.totals().unwrap();
    let expected = vector["totals"].as_array().unwrap();
    assert_eq!(totals.len(), expected.len());
    for (found, expected) in totals.iter().zip(expected) {
        assert_eq!(
            u64::from(found.group.id.get()),
            expected["group"].as_u64().unwrap()
        );
        assert_eq!(found.group.ballots, expected["ballots"].as_u64().unwrap());
        assert_eq!(found.marks, read::<Vec<u64>>(&expected["marks"]));
    }
}

/// Complaint and restart, merged, withheld and refused groups, annulments.
#[test]
fn logs_that_went_otherwise_verify_and_give_their_groups() {
    let names = [
        "complaint",
        "merged",
        "merged_into_nobody",
        "withheld",
        "refused",
    ];
    for name in names {
        let vector = vector(&format!("log_{name}.json"));
        let entries: Vec<Vec<u8>> = vector["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(unhex)
            .collect();
        let state = replay(vector["manifest"].as_str().unwrap(), &entries).unwrap();
        assert_eq!(
            mth(&entries),
            *read::<LogHash>(&vector["root"]).as_bytes(),
            "{name}"
        );
        assert_eq!(
            serde_json::to_value(state.stage()).unwrap(),
            vector["stage"],
            "{name}"
        );
        let attempt = state.ceremony().setup().attempt().get();
        assert_eq!(vector["attempt"], attempt, "{name}");
        let grouping = state.grouping().cloned().unwrap_or_default();
        assert_eq!(groups(&grouping.groups), vector["groups"], "{name}");
        assert_eq!(groups(&grouping.withheld), vector["withheld"], "{name}");
        assert_eq!(groups(&grouping.refused), vector["refused"], "{name}");
        let totals = state.totals().ok();
        let marks = totals.map(|totals| totals.into_iter().map(|t| t.marks).collect::<Vec<_>>());
        assert_eq!(
            serde_json::to_value(marks).unwrap(),
            vector["totals"],
            "{name}"
        );
    }
}

fn groups(groups: &[Group]) -> Value {
    let of = |group: &Group| {
        let classes: Vec<u16> = group.classes.iter().map(|class| class.get()).collect();
        serde_json::json!({"id": group.id.get(), "classes": classes, "ballots": group.ballots})
    };
    groups.iter().map(of).collect()
}

/// Where libraries of Ed25519 differ, this rule decides.
#[test]
fn signatures_are_judged_by_the_one_rule() {
    let vector = vector("signatures.json");
    let cases = vector["cases"].as_array().unwrap();
    for case in cases {
        let key = VerifyKey::new(unhex(&case["key"]).try_into().unwrap());
        let signature = Signature::new(unhex(&case["signature"]).try_into().unwrap());
        let accepted = key.is_ok_and(|key| {
            let message = unhex(&case["message"]);
            key.verify_raw(&message, &signature).is_ok()
        });
        assert_eq!(case["accept"], accepted, "{}", case["about"]);
    }
    let good = cases.iter().filter(|case| case["accept"] == true).count();
    assert_eq!((good, cases.len()), (2, 23));
}

#[test]
fn a_bit_flipped_in_any_entry_of_the_log_is_caught() {
    let (vector, entries) = log();
    let manifest = vector["manifest"].as_str().unwrap();
    for at in 0..entries.len() {
        let mut changed = entries.clone();
        let middle = changed[at].len() / 2;
        changed[at][middle] ^= 1;
        assert!(replay(manifest, &changed).is_err(), "entry {at}");
    }
}

#[test]
fn the_encrypted_share_opens_and_fits_its_commitments() {
    let vector = vector("encrypted_share.json");
    let of = |name: &str| unhex(&vector[name]);
    let (secret, share) = (scalar(&of("recipient_secret")), of("encrypted_share"));
    let public = Point::mul_base(&secret).compress();
    assert_eq!(public.as_bytes().as_slice(), of("recipient_key"));
    let (context, ephemeral) = (of("context"), point(&share[..32]));
    assert_eq!(context.len(), 134);
    assert_eq!(context[70..], [public.as_bytes(), &share[..32]].concat());
    let shared = (ephemeral * secret).compress();
    assert_eq!(shared.as_bytes().as_slice(), of("shared_point"));
    let mut transcript = Transcript::new(tags::CEREMONY_SHARE_KEY);
    transcript.append(&context);
    transcript.append(shared.as_bytes());
    assert_eq!(transcript.digest().as_slice(), of("cipher_key"));

    let mut clear = share[96..128].to_vec();
    let tag: [u8; 16] = share[128..].try_into().unwrap();
    ChaCha20Poly1305::new((&transcript.digest()).into())
        .decrypt_inout_detached(
            &Nonce::from([0; 12]),
            &context,
            (&mut clear[..]).into(),
            &tag.into(),
        )
        .unwrap();
    assert_eq!(clear, of("share"));
    let phi = of("commitments");
    let expected = point(&phi[..32]) + point(&phi[32..]) * Scalar::from(2u8);
    assert_eq!(Point::mul_base(&scalar(&clear)), expected);
}

#[test]
fn the_decryption_share_is_the_secrets_and_lagrange_leads_to_the_key() {
    let vector = vector("decryption.json");
    let keys: Vec<Point> = vector["verifying_shares"]
        .as_array()
        .unwrap()
        .iter()
        .map(|y| point(&unhex(y)))
        .collect();
    let lambda: Vec<Scalar> = vector["lagrange_of_1_and_2"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| scalar(&unhex(l)))
        .collect();
    let key = keys[0] * lambda[0] + keys[1] * lambda[1];
    assert_eq!(key, point(&unhex(&vector["election_key"])));

    let secret = scalar(&unhex(&vector["key_share"]));
    assert_eq!(Point::mul_base(&secret), keys[0]);
    let sums: CiphertextSums = decoded(&vector["sums"]);
    let message = unhex(&vector["message"]);
    assert!(Signed::<DecryptionShare>::from_bytes(&message).is_ok());
    // Version, kind, trustee, close index and root, group, count; then 96 bytes a project.
    let shares = message[2 + 2 + 8 + 32 + 2 + 4..].chunks_exact(96);
    for (share, sum) in shares.zip(sums.ciphertexts()) {
        assert_eq!(point(&share[..32]), sum.a * secret);
    }
    assert_eq!(
        sums.ciphertexts().len(),
        vector["marks"].as_array().unwrap().len()
    );
}

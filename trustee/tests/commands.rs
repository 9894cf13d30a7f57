//! Three trustees as three processes, through files: a whole ceremony and decryption, and
//! everything a trustee must refuse.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../../observer/tests/common/mod.rs"]
mod common;

use age::secrecy::SecretString;
use common::{Election, Log, document, found};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;
use trustee::keys::TrusteeSecrets;
use trustee::vault::Vault;
use voting_core::audit::testing::TestElection;
use voting_core::ceremony::{Dealer, RoundOne, Verdict};
use voting_core::codec::Encode;
use voting_core::entry::Body;
use voting_core::ids::{TrusteeId, UnixMillis};
use voting_core::manifest::Bilingual;
use voting_core::manifest::testing::{self, CLOSES_AT, OPENS_AT};
use voting_core::manifest::{Manifest, Trustee};
use voting_core::staff::StaffAction;
use voting_core::trustee::{Signed, TrusteeMessage};

/// Three trustees with their files, and the election they serve.
struct Room {
    folder: TempDir,
    election: Election,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), "one two three\n").unwrap();
        let members: Vec<Trustee> = (1..=3).map(|n| keygen(folder.path(), n)).collect();
        let mut document = testing::document(4, 2);
        document.trustees.members = members;
        let manifest = Manifest::new(document).unwrap();
        Self {
            folder,
            election: create(manifest),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, step: &str, n: u16, log: &Path, more: &[&str]) -> Child {
        let (key, state) = (
            self.path(&format!("key-{n}")),
            self.path(&format!("state-{n}")),
        );
        let out = self.path("out");
        std::fs::create_dir_all(&out).unwrap();
        let mut command = trustee(self.folder.path());
        command
            .arg(step)
            .arg("--dir")
            .arg(log)
            .arg("--out")
            .arg(out);
        command
            .arg("--key")
            .arg(key)
            .arg("--state")
            .arg(state)
            .args(more);
        // The sample election is of another year: by default its vote is over here.
        if !more.contains(&"--test-clock") {
            let over = (CLOSES_AT.get() + 600_000).to_string();
            command.args(["--test-clock", &over]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn run(&self, step: &str, n: u16, log: &Path, more: &[&str]) -> Output {
        self.start(step, n, log, more).wait_with_output().unwrap()
    }

    /// The root of the close, as one would hear it from others.
    fn close_root(&self) -> String {
        let close = self.election.state.close();
        close.map(|(_, root)| root.to_string()).unwrap_or_default()
    }

    /// One step of these trustees on the log as it stands, all at once.
    fn together(&self, step: &str, trustees: &[u16]) -> Vec<Output> {
        let log = Log::of(&self.election, &[]).write();
        let (root, mut args) = (self.close_root(), weak().to_vec());
        if step == "share" {
            args.extend(["--close-root", &root]);
        }
        let started: Vec<Child> = trustees
            .iter()
            .map(|n| self.start(step, *n, log.path(), &args))
            .collect();
        let outputs = started
            .into_iter()
            .map(|child| child.wait_with_output().unwrap());
        outputs.collect()
    }

    /// The messages that the last steps wrote, by name; the folder is emptied.
    fn messages(&self) -> Vec<Vec<u8>> {
        let out = self.path("out");
        let mut files: Vec<PathBuf> = std::fs::read_dir(&out)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let messages = files
            .iter()
            .map(|file| std::fs::read(file).unwrap())
            .collect();
        files
            .iter()
            .for_each(|file| std::fs::remove_file(file).unwrap());
        messages
    }

    /// A step of all three into the log.
    fn step(&mut self, step: &str) -> Vec<Vec<u8>> {
        for output in self.together(step, &[1, 2, 3]) {
            assert!(output.status.success(), "{step}: {output:?}");
        }
        let messages = self.messages();
        append(&mut self.election, &messages);
        messages
    }

    fn ceremony(&mut self) -> Vec<Vec<u8>> {
        let steps = ["round1", "round2", "confirm"];
        steps.iter().flat_map(|step| self.step(step)).collect()
    }

    fn secrets(&self, n: u16) -> TrusteeSecrets {
        let vault = Vault::new(SecretString::from("one two three".to_owned()));
        TrusteeSecrets::read(&vault, &self.path(&format!("key-{n}"))).unwrap()
    }
}

fn trustee(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustee"));
    command.env("NO_COLOR", "1").current_dir(folder);
    command
}

/// What unlocks the files of these tests.
fn weak() -> [&'static str; 4] {
    [
        "--passphrase-file",
        "passphrase",
        "--test-scrypt-work-factor",
        "2",
    ]
}

fn keygen(folder: &Path, n: u16) -> Trustee {
    let (file, name) = (format!("key-{n}"), format!("Trustee {n}"));
    let mut command = trustee(folder);
    command
        .args(["keygen", "--out", &file, "--name", &name])
        .args(weak());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let again = command.output().unwrap();
    assert_eq!(
        again.status.code(),
        Some(1),
        "an existing key is never overwritten"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn create(manifest: Manifest) -> Election {
    TestElection::create(manifest, ChaCha20Rng::from_seed([3; 32]))
}

fn append(election: &mut Election, messages: &[Vec<u8>]) {
    for message in messages {
        election.append(Body::Trustee(message.clone())).unwrap();
    }
}

/// Opens, takes the ballots of so many people and closes.
fn vote(election: &mut Election, people: u16) {
    let opening = election.state.ceremony().opening().unwrap();
    election.staff(StaffAction::Open(opening)).unwrap();
    election.now = UnixMillis::new(OPENS_AT.get());
    for person in 0..people {
        let voter = election.register(person, 1);
        election.cast(&voter, &[0, u32::from(person % 3) + 1]);
    }
    election.close();
}

fn error(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn three_processes_make_the_key_and_two_decrypt_one_ballot_set_once() {
    let mut room = Room::new();
    let ceremony = room.ceremony();
    let manifest = Manifest::parse_canonical(room.election.state.manifest().canonical()).unwrap();
    vote(&mut room.election, 3);

    let shares = |room: &Room| {
        for output in room.together("share", &[1, 3]) {
            assert!(output.status.success(), "{output:?}");
        }
        room.messages()
    };
    let first = shares(&room);
    assert_eq!(first.len(), 2);
    assert_eq!(shares(&room), first, "the same bytes again");

    let mut other = create(manifest);
    append(&mut other, &ceremony);
    vote(&mut other, 2);
    let other = Log::of(&other, &[]).write();
    let refused = error(&room.run("share", 1, other.path(), &weak()));
    assert!(refused.contains("REFUSED: shares were made"), "{refused}");
    assert!(room.messages().is_empty());

    append(&mut room.election, &first);
    let document = document(&room.election.state);
    room.election.publish(&document);
    let report = Log::of(&room.election, &[document]).verify(&observer::Expectations::default());
    assert_eq!(found(&report), "verified", "{report}");
    assert_eq!(report.totals.unwrap().classes[1].marks, [3, 1, 1, 1]);
}

#[test]
fn nothing_is_decrypted_before_the_hour_whatever_time_the_log_says() {
    let mut room = Room::new();
    room.ceremony();
    vote(&mut room.election, 3);
    let log = Log::of(&room.election, &[]).write();
    let ends = room.election.state.schedule().drained_at().get();
    let share = |now: u64| {
        let (now, root) = (now.to_string(), room.close_root());
        let args = ["--test-clock", &now, "--close-root", &root];
        let args = [&weak()[..], &args].concat();
        room.run("share", 1, log.path(), &args)
    };
    let refused = error(&share(ends - 1));
    assert!(
        refused.contains("REFUSED: by this computer's clock"),
        "{refused}"
    );
    assert!(room.messages().is_empty());
    // Nothing is remembered as decrypted: at the hour the same step is taken.
    assert!(share(ends).status.success());
    assert_eq!(room.messages().len(), 1);
}

#[test]
fn without_witnesses_a_close_is_decrypted_only_when_others_see_the_same() {
    let mut room = Room::new();
    let ceremony = room.ceremony();
    let manifest = Manifest::parse_canonical(room.election.state.manifest().canonical()).unwrap();
    vote(&mut room.election, 3);
    let mut other = create(manifest);
    append(&mut other, &ceremony);
    vote(&mut other, 2);
    let log = Log::of(&room.election, &[]).write();
    let (root, shown_to_others) = (room.close_root(), other.state.close().unwrap().1);

    let refused = error(&room.run("share", 1, log.path(), &weak()));
    assert!(refused.contains(&format!("CLOSE ROOT {root}")), "{refused}");
    let told = "REFUSED: the manifest names no witnesses";
    assert!(refused.contains(told), "{refused}");
    assert!(
        refused.contains(&format!("--close-root {root}")),
        "{refused}"
    );

    let with = |root: &str| {
        let args = [&weak()[..], &["--close-root", root]].concat();
        room.run("share", 1, log.path(), &args)
    };
    let refused = error(&with(&shown_to_others.to_string()));
    assert!(
        refused.contains("REFUSED: this log closes with the root"),
        "{refused}"
    );
    assert!(room.messages().is_empty());

    let status = room.run("status", 2, log.path(), &weak());
    let status = String::from_utf8(status.stdout).unwrap();
    assert!(
        status.contains(&format!("close root    {root}\n")),
        "{status}"
    );
    assert!(status.contains("decrypted     nothing\n"), "{status}");
    assert!(with(&root).status.success());
    assert_eq!(room.messages().len(), 1);
    // Who has decrypted a close may have its shares again.
    assert!(room.run("share", 1, log.path(), &weak()).status.success());
}

#[test]
fn a_log_that_does_not_hold_is_not_acted_on() {
    let room = Room::new();
    let log = Log::of(&room.election, &[]);
    let whole = log.write();
    let run = |folder: &Path, more: &[&str]| room.run("round1", 1, folder, more);

    std::fs::write(room.path("wrong"), "three two one").unwrap();
    let wrong = error(&run(whole.path(), &["--passphrase-file", "wrong"]));
    assert!(wrong.contains("the passphrase is wrong"), "{wrong}");

    let other = "11".repeat(32);
    let args = [&weak()[..], &["--election", &other]].concat();
    let refused = error(&run(whole.path(), &args));
    assert!(
        refused.contains("not believed: manifest at entry 0"),
        "{refused}"
    );

    let manifest = room.path("manifest.json");
    let another = testing::manifest(5, 2);
    std::fs::write(&manifest, another.canonical()).unwrap();
    let args = [&weak()[..], &["--manifest", manifest.to_str().unwrap()]].concat();
    let refused = error(&run(whole.path(), &args));
    assert!(
        refused.contains("not believed: manifest at entry 0"),
        "{refused}"
    );

    let mut entries = log.entries.clone();
    let last = entries[0].len() - 1;
    entries[0][last] ^= 1;
    let tampered = log.rebuilt(entries).write();
    let refused = error(&run(tampered.path(), &weak()));
    assert!(refused.contains("staff-signatures at entry 0"), "{refused}");

    assert!(!room.path("state-1").exists(), "nothing was begun");
    assert!(room.messages().is_empty());
}

#[test]
fn a_log_cut_short_since_a_kept_checkpoint_is_not_acted_on() {
    let mut room = Room::new();
    room.step("round1");
    let log = Log::of(&room.election, &[]);
    let kept = room.path("kept");
    std::fs::write(&kept, log.checkpoint().to_string()).unwrap();
    let cut = log.with(log.entries[..3].to_vec()).write();
    let args = [&weak()[..], &["--checkpoint", kept.to_str().unwrap()]].concat();
    let refused = error(&room.run("round2", 1, cut.path(), &args));
    assert!(refused.contains("consistency at entry 3"), "{refused}");
}

#[test]
fn steps_out_of_order_and_strangers_are_refused() {
    let room = Room::new();
    let log = Log::of(&room.election, &[]).write();
    let early = error(&room.run("round2", 1, log.path(), &weak()));
    assert!(early.contains("the first round is not complete"), "{early}");
    let early = error(&room.run("share", 1, log.path(), &weak()));
    assert!(early.contains("the election has not closed"), "{early}");
    keygen(room.folder.path(), 9);
    let stranger = error(&room.run("round1", 9, log.path(), &weak()));
    assert!(
        stranger.contains("none of this election's trustees'"),
        "{stranger}"
    );
}

#[test]
fn a_wrong_share_is_complained_about_and_who_lied_is_named() {
    let mut room = Room::new();
    let secrets = room.secrets(2);
    let (round_one, liar) = lying_dealer(&room, &secrets);
    let mut messages = honest(&room, "round1");
    messages.push(sign(&room, &secrets, round_one));
    append(&mut room.election, &messages);

    let first = room.election.state.ceremony().first_round().unwrap();
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    let (_, round_two) = liar.deal(first, &mut rng).unwrap();
    let mut messages = honest(&room, "round2");
    messages.push(sign(&room, &secrets, round_two));
    append(&mut room.election, &messages);

    let outputs = room.together("confirm", &[3]);
    assert_eq!(outputs[0].status.code(), Some(1));
    let said = String::from_utf8(outputs[0].stdout.clone()).unwrap();
    assert!(
        said.contains("COMPLAINT: the share from trustee 2 (Trustee 2) is wrong"),
        "{said}"
    );
    let complaint = room.messages();
    append(&mut room.election, &complaint);
    assert_eq!(
        room.election.state.ceremony().verdict(),
        Some(Verdict::Founded)
    );

    let log = Log::of(&room.election, &[]).write();
    let over = error(&room.run("confirm", 1, log.path(), &weak()));
    let told = "complaint of trustee 3 (Trustee 3) about the share from trustee 2 (Trustee 2) is \
                founded, so trustee 2 (Trustee 2) lied";
    assert!(over.contains(told), "{over}");

    let again = StaffAction::RestartCeremony(Bilingual::new(
        "trustee 2 sent a wrong share",
        "trustee 2 sent a wrong share",
    ));
    room.election.staff(again).unwrap();
    room.ceremony();
    assert!(
        room.election.state.ceremony().keys().is_some(),
        "the next attempt succeeds"
    );
}

/// The messages of trustees 1 and 3 in a step.
fn honest(room: &Room, step: &str) -> Vec<Vec<u8>> {
    for output in room.together(step, &[1, 3]) {
        assert!(output.status.success(), "{output:?}");
    }
    room.messages()
}

fn sign(room: &Room, secrets: &TrusteeSecrets, message: impl TrusteeMessage) -> Vec<u8> {
    let election = room.election.state.election();
    Signed::sign(message, &election, &secrets.signing).to_bytes()
}

/// Trustee 2, who commits to one polynomial and deals shares of another: the stored state of one
/// dealer with the secret of the other.
fn lying_dealer(room: &Room, secrets: &TrusteeSecrets) -> (RoundOne, Dealer) {
    let setup = room.election.state.ceremony().setup();
    let start = |seed| {
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        Dealer::start(setup, TrusteeId::new(2), &secrets.encryption, &mut rng).unwrap()
    };
    let ((one, message), (other, _)) = (start(1), start(2));
    let (one, other) = (
        one.to_secret_bytes().unwrap(),
        other.to_secret_bytes().unwrap(),
    );
    // Version, kind, election, attempt, t and n; then the message; then the polynomial.
    let public = 2 + 32 + 6 + message.to_bytes().len();
    let mixed = [&one[..public], &other[public..]].concat();
    (message, Dealer::from_secret_bytes(&mixed).unwrap())
}

#[test]
fn help_is_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let help = [
        &["--help"][..],
        &["keygen", "--help"],
        &["share", "--help"],
        &["submit", "--help"],
    ];
    let help = help.map(|args| {
        let output = trustee(folder.path()).args(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    });
    let help = help.join("\n---\n\n");
    assert_eq!(help, include_str!("help.txt"), "{help}");
}

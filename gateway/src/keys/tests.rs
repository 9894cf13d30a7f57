use super::file::check_metadata;
use super::*;
use crate::config::Role;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn write(folder: &Path, text: &str, mode: u32) -> PathBuf {
    let file = folder.join("test.key");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    file
}

#[test]
fn keys_come_back_and_are_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let made = KeyFolder::generate(folder.path(), &mut rng).unwrap();
    let read = KeyFolder::read(folder.path()).unwrap();
    assert_eq!(made.public(), read.public());
    assert_eq!(*made.session, *read.session);
    assert!(matches!(
        KeyFolder::generate(folder.path(), &mut rng),
        Err(KeyFileError::Io { .. })
    ));
    let mode = std::fs::metadata(folder.path().join("log.key")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

#[test]
fn errors_name_file_and_line_and_nothing_secret() {
    let folder = tempfile::tempdir().unwrap();
    let digits = "ab".repeat(32);
    let good = format!("hanpyo-key v1 staff {digits}\n");
    let file = write(folder.path(), &good, 0o600);
    assert_eq!(*read_secret(&file, KeyRole::Staff).unwrap(), [0xab; 32]);
    for (text, line) in [
        (format!("hanpyo-key v2 staff {digits}\n"), 1),
        (format!("hanpyo-key v1 log {digits}\n"), 1),
        (format!("hanpyo-key v1 staff {}\n", "AB".repeat(32)), 1),
        (format!("hanpyo-key v1 staff {}\n", &digits[1..]), 1),
        (format!("hanpyo-key v1 staff {digits}\r\n"), 1),
        (format!(" {good}"), 1),
        (format!("{good}\n"), 2),
        (format!("{good}{good}"), 2),
        (String::new(), 1),
        ("x".repeat(300), 1),
    ] {
        let file = write(folder.path(), &text, 0o600);
        let error = read_secret(&file, KeyRole::Staff).unwrap_err().to_string();
        let place = format!("{}:{line}: ", file.display());
        assert!(error.starts_with(&place), "{error}");
        assert!(!error.contains(&digits[..20]), "{error}");
    }
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("hanpyo-key v1 staff {}\n", "00".repeat(32));
    let file = write(folder.path(), &text, 0o644);
    let error = read_secret(&file, KeyRole::Staff).err();
    assert!(matches!(
        error,
        Some(KeyFileError::Mode { mode: 0o644, .. })
    ));
}

#[test]
fn what_systemd_hands_over_may_be_read_by_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let handed = folder.path().join("handed");
    std::fs::create_dir(&handed).unwrap();
    let text = format!("hanpyo-key v1 staff {}\n", "00".repeat(32));
    let file = write(&handed, &text, 0o440);
    let accepted = |credentials| check_metadata(&file, credentials).is_ok();
    assert!(accepted(Some(&handed)));
    // Not of whoever else sets the variable, nor anywhere below or above.
    assert!(!accepted(None));
    assert!(!accepted(Some(folder.path())));
    assert!(!accepted(Some(Path::new(""))));
    assert!(!accepted(Some(&file)));
    for mode in [0o444, 0o460, 0o640, 0o644, 0o441] {
        write(&handed, &text, mode);
        assert!(!accepted(Some(&handed)), "{mode:03o}");
    }
    write(&handed, &text, 0o400);
    assert!(accepted(None));
}

#[test]
fn a_destroyed_pseudonym_key_is_not_there_and_no_other_may_be() {
    let folder = tempfile::tempdir().unwrap();
    KeyFolder::generate(folder.path(), &mut ChaCha20Rng::from_seed([1; 32])).unwrap();
    let put = |role: &str, text: &str| {
        let file = folder.path().join(format!("{role}.key"));
        std::fs::write(file, text).unwrap();
    };
    let read = || KeyFolder::read(folder.path());
    assert!(read().unwrap().pseudonym.is_some());
    // As a unit of systemd gives it, without a newline, or as a person would write it.
    for end in ["", "\n"] {
        put(
            "pseudonym",
            &format!("hanpyo-key v1 pseudonym destroyed{end}"),
        );
        assert!(read().unwrap().pseudonym.is_none());
    }
    put("pseudonym", "hanpyo-key v1 log destroyed\n");
    assert!(read().is_err());
    std::fs::remove_file(folder.path().join("pseudonym.key")).unwrap();
    assert!(read().unwrap().pseudonym.is_none());
    put("session", "hanpyo-key v1 session destroyed\n");
    assert!(read().is_err());
}

#[test]
fn names_are_the_same_whatever_modules_run() {
    let folder = tempfile::tempdir().unwrap();
    let whole = KeyFolder::generate(folder.path(), &mut ChaCha20Rng::from_seed([1; 32])).unwrap();
    let ballot_box = || KeyFolder::read_for(folder.path(), &[Role::BallotBox]).unwrap();
    assert_eq!(**ballot_box().naming(), **whole.naming());
    assert_ne!(*ballot_box().session, *whole.session);
    // A gateway that is alone needs no cluster key.
    std::fs::remove_file(folder.path().join("cluster.key")).unwrap();
    let alone = KeyFolder::read(folder.path()).unwrap();
    assert_eq!(**alone.naming(), *whole.session);
}

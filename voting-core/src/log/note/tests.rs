//! Vectors of other implementations, strictness, hostile notes.

use super::*;
use crate::ids::UnixMillis;
use data_encoding::BASE64;
use proptest::collection::vec;
use proptest::prelude::*;

// From the documentation of Go's golang.org/x/mod/sumdb/note.
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n";
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SEED: &str = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
const PETER_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p\
    ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const ENOCH_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5o\
    vTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

// A public log's checkpoint as a public witness cosigned it, with signatures of types 0x05, 0x01
// and 0x04, and the keys of the log and the witness.
const REAL: &str = "arche2025h1.staging.ct.transparency.dev\n\
    1432088532\n\
    U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\
    \n\
    — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHb\
    dQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n\
    — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3Nyg\
    NI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n\
    — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTy\
    nk5XeU/zZ0WBxtqB0DrAWfBw==\n";
const REAL_LOG: &str = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+\
    AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const REAL_WITNESS: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

fn secret(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

fn peter() -> SecretKey {
    SecretKey::from_seed(
        &BASE64
            .decode(PETER_SEED.as_bytes())
            .unwrap()
            .try_into()
            .unwrap(),
    )
}

fn note(text: &str) -> Note {
    text.parse().unwrap()
}

fn error(text: &str) -> NoteError {
    Note::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn signs_and_verifies_as_go_does() {
    let signed = Note::sign(TEXT.to_owned(), name("PeterNeumann"), &peter()).unwrap();
    assert_eq!(signed.to_string(), format!("{TEXT}\n{PETER_LINE}"));
    let both = note(&format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}"));
    assert_eq!(both.text(), TEXT);
    let verified = both.verify(&[key(ENOCH), key(PETER)]).unwrap();
    let names: Vec<_> = verified.iter().map(|v| v.key().name().as_str()).collect();
    assert_eq!(names, ["PeterNeumann", "EnochRoot"]);
    assert_eq!(both.verify(&[key(ENOCH)]).unwrap().len(), 1);
    assert_eq!(both.verify(&[]), Err(NoteError::Unverified));
}

#[test]
fn verifies_a_real_checkpoint_and_its_cosignature() {
    let real = note(REAL);
    assert_eq!(real.to_string(), REAL);
    let verified = real.verify(&[key(REAL_WITNESS), key(REAL_LOG)]).unwrap();
    let times: Vec<_> = verified
        .iter()
        .map(|v| v.time().map(CosignatureTime::seconds))
        .collect();
    assert_eq!(times, [None, Some(1_779_573_024)]);
    let other = REAL.replace("1432088532", "1432088533");
    for known in [REAL_LOG, REAL_WITNESS] {
        let known = key(known);
        let name = known.name().clone();
        assert_eq!(
            note(&other).verify(&[known]),
            Err(NoteError::BadSignature { name })
        );
    }
}

#[test]
fn a_cosignature_covers_its_time_and_is_no_plain_signature() {
    let signed = Note::sign("a\n1\nb\n".into(), name("log"), &secret(1)).unwrap();
    let time = CosignatureTime::from(UnixMillis::new(1_679_315_147_999));
    let line = signed.cosign(name("w"), &secret(2), time);
    let cosigned = signed.with_signature(line.clone()).unwrap();
    let witness = |kind| VerifierKey::new(name("w"), kind, secret(2).verify_key());
    let verified = cosigned
        .verify(&[witness(SignatureType::CosignatureV1)])
        .unwrap();
    assert_eq!(verified[0].time(), Some(time));
    assert_eq!(
        cosigned.verify(&[witness(SignatureType::Ed25519)]),
        Err(NoteError::Unverified)
    );
    let base64 = line.to_string();
    let base64 = base64.trim_end().rsplit(' ').next().unwrap();
    let mut bytes = BASE64.decode(base64.as_bytes()).unwrap();
    let signature = crate::keys::Signature::new(bytes[12..].try_into().unwrap());
    let message = b"cosignature/v1\ntime 1679315147\na\n1\nb\n";
    secret(2)
        .verify_key()
        .verify_raw(message, &signature)
        .unwrap();
    bytes[11] ^= 1;
    let later = cosigned.to_string().replace(base64, &BASE64.encode(&bytes));
    let bad = NoteError::BadSignature { name: name("w") };
    assert_eq!(
        note(&later).verify(&[witness(SignatureType::CosignatureV1)]),
        Err(bad.clone())
    );
    bytes[4] = 0x80;
    let never = cosigned.to_string().replace(base64, &BASE64.encode(&bytes));
    assert_eq!(
        note(&never).verify(&[witness(SignatureType::CosignatureV1)]),
        Err(bad)
    );
    assert_eq!(CosignatureTime::new(1 << 63), None);
}

#[test]
fn a_bad_signature_by_a_known_key_fails_the_note_and_by_an_unknown_one_does_not() {
    let bad = NoteError::BadSignature {
        name: name("PeterNeumann"),
    };
    let forged = PETER_LINE.replace("UgYN1FFY", "UgYN1FFZ");
    let text = format!("{TEXT}\n{forged}{ENOCH_LINE}");
    assert_eq!(
        note(&text).verify(&[key(ENOCH), key(PETER)]),
        Err(bad.clone())
    );
    assert_eq!(note(&text).verify(&[key(ENOCH)]).unwrap().len(), 1);
    let good_and_bad = format!("{TEXT}\n{PETER_LINE}{forged}");
    assert_eq!(note(&good_and_bad).verify(&[key(PETER)]), Err(bad.clone()));
    let longer = PETER_LINE.replace("NIuG", "NIuGABCD");
    assert_eq!(
        note(&format!("{TEXT}\n{longer}")).verify(&[key(PETER)]),
        Err(bad)
    );
    let misnamed = PETER_LINE.replace("PeterNeumann", "CarmenSandiego");
    let text = format!("{TEXT}\n{misnamed}");
    assert_eq!(
        note(&text).verify(&[key(PETER)]),
        Err(NoteError::Unverified)
    );
    let other_id = PETER_LINE.replace("x08g", "xxxx");
    let text = format!("{TEXT}\n{other_id}");
    assert_eq!(
        note(&text).verify(&[key(PETER)]),
        Err(NoteError::Unverified)
    );
}

#[test]
fn the_last_blank_line_separates() {
    let text = "one\n\n— two\n\n\nthree\n\n";
    let signed = Note::sign(text.into(), name("n"), &secret(1)).unwrap();
    assert_eq!(note(&signed.to_string()), signed);
    assert_eq!(signed.text(), text);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    assert_eq!(error(""), NoteError::NoSignatures);
    assert_eq!(error(TEXT), NoteError::NoSignatures);
    assert_eq!(error(&format!("{TEXT}\n")), NoteError::NoSignatures);
    assert_eq!(error(&format!("\n{PETER_LINE}")), NoteError::NoSignatures);
    assert_eq!(
        error(&format!("\u{1}{TEXT}\n{PETER_LINE}")),
        NoteError::Text
    );
    assert_eq!(error(&format!("\t{TEXT}\n{PETER_LINE}")), NoteError::Text);
    assert_eq!(error(&format!("\r\n{TEXT}\n{PETER_LINE}")), NoteError::Text);
    let invalid = [b"\xff", TEXT.as_bytes(), b"\n", PETER_LINE.as_bytes()].concat();
    assert_eq!(Note::parse(&invalid), Err(NoteError::Text));
    let lines = [
        PETER_LINE.trim_end().to_owned(),
        PETER_LINE.replace("PeterNeumann", "Peter Neumann"),
        PETER_LINE.replace("PeterNeumann", "Peter+Neumann"),
        PETER_LINE.replace("PeterNeumann", "Peter\u{3000}Neumann"),
        PETER_LINE.replace("PeterNeumann", "Peter\u{1}Neumann"),
        PETER_LINE.replace("PeterNeumann", ""),
        PETER_LINE.replace("— ", "- "),
        PETER_LINE.replace("— ", "—"),
        PETER_LINE.replace("AM=\n", "AM\n"),
        PETER_LINE.replace("AM=\n", "AN=\n"),
        PETER_LINE.replace("AM=\n", "AM==\n"),
        PETER_LINE.replace("AM=\n", "AM= \n"),
        PETER_LINE.replace("AM=\n", "AM=\r\n"),
        "— PeterNeumann\n".to_owned(),
        "— PeterNeumann \n".to_owned(),
        "— PeterNeumann x08gow==\n".to_owned(),
        "Unexpected line.\n".to_owned(),
    ];
    for line in lines {
        let wrong = NoteError::SignatureLine(0);
        assert_eq!(error(&format!("{TEXT}\n{line}")), wrong, "{line:?}");
        let wrong = NoteError::SignatureLine(1);
        assert_eq!(
            error(&format!("{TEXT}\n{ENOCH_LINE}{line}")),
            wrong,
            "{line:?}"
        );
    }
    for text in ["", "no newline", "control\u{7}\n", "return\r\n"] {
        let signed = Note::sign(text.into(), name("n"), &secret(1));
        assert_eq!(signed, Err(NoteError::Text), "{text:?}");
    }
}

#[test]
fn notes_are_bounded() {
    let most = format!("{TEXT}\n{}", PETER_LINE.repeat(MAX_SIGNATURES));
    assert_eq!(
        note(&most).verify(&[key(PETER)]).unwrap().len(),
        MAX_SIGNATURES
    );
    let more = format!("{most}{ENOCH_LINE}");
    assert_eq!(error(&more), NoteError::TooManySignatures);
    let mut line = note(&most).signatures()[0].clone();
    let by_another = note(&format!("{TEXT}\n{ENOCH_LINE}")).signatures()[0].clone();
    let full =
        (1..=MAX_SIGNATURES as u8).fold(note(&format!("{TEXT}\n{PETER_LINE}")), |note, n| {
            line = note.cosign(
                name(&format!("w{n}")),
                &secret(n),
                CosignatureTime::new(0).unwrap(),
            );
            note.with_signature(line.clone()).unwrap_or(note)
        });
    assert_eq!(full.signatures().len(), MAX_SIGNATURES);
    assert_eq!(
        full.with_signature(by_another),
        Err(NoteError::TooManySignatures)
    );
    let long = format!("{}\n", "x".repeat(MAX_NOTE_BYTES));
    let signed = Note::sign(long.clone(), name("n"), &secret(1));
    assert!(matches!(signed, Err(NoteError::TooLong(_))));
    let read = error(&format!("{long}\n{PETER_LINE}"));
    assert!(matches!(read, NoteError::TooLong(_)));
}

#[test]
fn a_signature_takes_the_place_of_a_former_one_by_the_same_key() {
    let first = note(&format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}"));
    let again = first.signatures()[0].clone();
    let replaced = first.with_signature(again).unwrap();
    assert_eq!(
        replaced.to_string(),
        format!("{TEXT}\n{ENOCH_LINE}{PETER_LINE}")
    );
}

#[test]
fn verifier_keys_are_read_as_they_are_written() {
    for text in [PETER, ENOCH, REAL_LOG, REAL_WITNESS] {
        assert_eq!(key(text).to_string(), text);
    }
    assert_eq!(key(REAL_WITNESS).kind(), SignatureType::CosignatureV1);
    assert_eq!(key(PETER).key(), &peter().verify_key());
    assert_eq!(key(PETER).id().to_string(), "c74f20a3");
    let json = serde_json::to_string(&key(PETER)).unwrap();
    assert_eq!(
        serde_json::from_str::<VerifierKey>(&json).unwrap(),
        key(PETER)
    );
    assert_eq!(
        VerifierKey::from_bytes(&key(PETER).to_bytes()),
        Ok(key(PETER))
    );
}

#[test]
fn mangled_verifier_keys_are_refused() {
    for i in 0..PETER.len() {
        assert!(PETER[i + 1..].parse::<VerifierKey>().is_err());
        assert!(PETER[..i].parse::<VerifierKey>().is_err());
        let mut bytes = PETER.as_bytes().to_vec();
        bytes[i] += 1;
        assert!(
            String::from_utf8(bytes)
                .unwrap()
                .parse::<VerifierKey>()
                .is_err(),
            "{i}"
        );
    }
    let parse = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    assert_eq!(
        parse(&PETER.replace("c74f20a3", "C74F20A3")),
        ParseKeyError::Hash
    );
    assert_eq!(
        parse(&PETER.replace("Peter", "Peter ")),
        ParseKeyError::Name
    );
    assert_eq!(
        parse("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        { ParseKeyError::Type(0x65) }
    );
    assert_eq!(
        parse("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="),
        ParseKeyError::Form
    );
    let small_order = BASE64.encode(&[&[1, 1][..], &[0; 31]].concat());
    assert_eq!(
        parse(&format!("n+00000000+{small_order}")),
        ParseKeyError::Key
    );
    assert_eq!(parse(&"x+".repeat(400)), ParseKeyError::Form);
}

proptest! {
    #[test]
    fn notes_come_back(
        text in "([^\\x00-\\x1f]|\n){0,200}\n", seed: [u8; 32], time in 0u64..1 << 63,
    ) {
        let key = SecretKey::from_seed(&seed);
        let signed = Note::sign(text, name("example.com/log"), &key).unwrap();
        let time = CosignatureTime::new(time).unwrap();
        let line = signed.cosign(name("w"), &key, time);
        let signed = signed.with_signature(line).unwrap();
        prop_assert_eq!(&note(&signed.to_string()), &signed);
        prop_assert_eq!(&Note::from_bytes(&signed.to_bytes()).unwrap(), &signed);
        let known = [SignatureType::Ed25519, SignatureType::CosignatureV1];
        let names = ["example.com/log", "w"];
        let known: Vec<_> = known.into_iter().zip(names)
            .map(|(kind, n)| VerifierKey::new(name(n), kind, key.verify_key()))
            .collect();
        prop_assert_eq!(signed.verify(&known).unwrap().len(), 2);
    }

    #[test]
    fn garbage_is_refused_without_panic(
        bytes in vec(any::<u8>(), 0..200),
        text in "(a|\n|— |PeterNeumann |x08g|=|\\+|ARpc2QcU|c74f20a3){0,30}",
        at in 0..REAL.len(), byte: u8,
    ) {
        let _ = (Note::parse(&bytes), Note::from_bytes(&bytes));
        let _ = (text.parse::<VerifierKey>(), NoteSignature::parse_lines(&text));
        let mut changed = REAL.as_bytes().to_vec();
        changed[at] = byte;
        for bytes in [text.as_bytes(), &changed] {
            if let Ok(note) = Note::parse(bytes) {
                prop_assert_eq!(note.to_string().into_bytes(), bytes);
                let _ = note.verify(&[key(PETER), key(REAL_LOG), key(REAL_WITNESS)]);
            }
        }
    }
}

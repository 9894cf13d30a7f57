//! The sample file, overrides, and what is refused.

use super::*;
use serde_json::Value as Json;
use std::collections::HashMap;

const SAMPLE: &str = include_str!("../../../docs/samples/gateway.toml");

fn env(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn refused(toml: &str, pairs: &[(&str, &str)]) -> String {
    Config::parse(toml, env(pairs)).unwrap_err().to_string()
}

#[test]
fn the_sample_says_the_defaults() {
    let sample = Config::parse(SAMPLE, HashMap::new()).unwrap();
    assert_eq!(sample, Config::default());
    assert_eq!(
        Config::parse("", HashMap::new()).unwrap(),
        Config::default()
    );
}

/// Fields without a default stand in it as comments.
#[test]
fn the_sample_names_every_field() {
    let sections = serde_json::to_value(Config::default()).unwrap();
    for (section, fields) in sections.as_object().unwrap() {
        let heading = SAMPLE.split(&format!("\n[{section}]\n")).nth(1);
        let text = heading.unwrap_or_else(|| panic!("no section {section}"));
        let text = text.split("\n[").next().unwrap();
        for field in fields.as_object().map(|f| f.keys()).into_iter().flatten() {
            let found = text.lines().any(|line| {
                let name = line.trim_start_matches("# ").split(" = ").next();
                name == Some(field)
            });
            assert!(found, "{section}.{field}");
        }
    }
    assert!(matches!(sections, Json::Object(_)));
}

#[test]
fn the_environment_overrides_the_file() {
    let toml = "[identity]\nsession_minutes = 5\nprovider = \"none\"";
    let variables = [
        ("HANPYO_GATEWAY__IDENTITY__SESSION_MINUTES", "7"),
        ("HANPYO_GATEWAY__SERVER__LISTEN", "[::1]:0"),
    ];
    let config = Config::parse(toml, env(&variables)).unwrap();
    assert_eq!(config.identity.session_minutes, 7);
    assert_eq!(config.identity.provider, IdentityChoice::None);
    assert_eq!(config.server.listen, "[::1]:0".parse().unwrap());
}

#[test]
fn what_is_misspelt_or_out_of_bounds_is_refused_by_name() {
    assert!(refused("[identity]\nsession_minute = 5", &[]).contains("session_minute"));
    assert!(refused("[identities]\n", &[]).contains("identities"));
    assert!(refused("identity = 1", &[]).contains("identity"));
    assert!(refused("[server]\nlisten = \"here\"", &[]).contains("listen"));
    assert!(refused("[identity]\nsession_minutes = 0", &[]).contains("1 to 1440 minutes"));
    assert!(refused("[identity]\nsession_minutes = -1", &[]).contains("session_minutes"));
    assert!(refused("[", &[]).contains("configuration"));
    let misspelt = refused("", &[("HANPYO_GATEWAY__SERVER__LISTENS", "x")]);
    assert!(misspelt.contains("listens"), "{misspelt}");
}

#[test]
fn secrets_are_not_printed() {
    let secret = Secret::new("hunter2".into());
    assert_eq!(format!("{secret:?}"), "Secret(..)");
    assert_eq!(secret.reveal(), "hunter2");
}

#[test]
fn secrets_come_from_their_own_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    assert!(matches!(
        Secret::or_file(None, Some(&file)),
        Err(SecretError::File(..))
    ));
    std::fs::write(&file, "hunter2\n").unwrap();
    let read = Secret::or_file(None, Some(&file)).unwrap().unwrap();
    assert_eq!(read.reveal(), "hunter2");
    let given = Secret::new("hunter3".into());
    let chosen = Secret::or_file(Some(&given), Some(&file)).unwrap().unwrap();
    assert_eq!(chosen.reveal(), "hunter3");
    assert_eq!(Secret::or_file(None, None).unwrap(), None);
}

/// The variables that a unit of systemd or a compose file sets; a later one counts.
fn set_in(text: &str) -> HashMap<String, String> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    let variable = |line: &str| {
        let (name, value) = line[line.find("HANPYO_GATEWAY__")?..].split_once(['=', ':'])?;
        let value = value.trim().trim_matches(['"', '\'']);
        Some((name.to_owned(), value.to_owned()))
    };
    lines.filter_map(variable).collect()
}

fn units() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/systemd");
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.display().to_string(), text)
    };
    files.map(read).collect()
}

#[test]
fn what_deploy_sets_is_a_configuration() {
    let compose = include_str!("../../../deploy/compose.yaml").to_owned();
    let files = units()
        .into_iter()
        .chain([("compose.yaml".to_owned(), compose)]);
    for (file, text) in files {
        let variables = set_in(&text);
        assert!(!variables.is_empty(), "{file}");
        Config::parse("", variables).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
}

#[test]
fn units_start_without_a_destroyed_key_and_hand_over_what_they_name() {
    for (file, text) in units() {
        let named = |option: &str| -> Vec<&str> {
            let values = text.lines().filter_map(|line| line.strip_prefix(option));
            values
                .filter_map(|value| Some(value.split_once(':')?.0))
                .collect()
        };
        let loaded = named("LoadCredential=");
        assert!(loaded.contains(&"pseudonym.key"), "{file}");
        assert!(named("SetCredential=").contains(&"pseudonym.key"), "{file}");
        for value in set_in(&text).into_values() {
            if let Some(credential) = value.strip_prefix("%d/") {
                assert!(loaded.contains(&credential), "{file}: {credential}");
            }
        }
    }
}

/// A manager of services waits for a stop in order, as DEPLOYING says.
#[test]
fn a_unit_waits_longer_than_a_stop_takes() {
    let unit = include_str!("../../../deploy/systemd/hanpyo-.service.d/10-hardening.conf");
    let line = unit
        .lines()
        .find(|line| line.starts_with("TimeoutStopSec="));
    let line = line.unwrap();
    let seconds: u32 = line.split_once('=').unwrap().1.parse().unwrap();
    let server = ServerConfig::default();
    assert!(1_000 * seconds >= server.drain_delay_ms + server.drain_timeout_ms + 5_000);
    assert!(include_str!("../../../docs/DEPLOYING.md").contains(line));
    // What is not allowed must not end the process: proof threads ask for less of the processor.
    assert!(unit.contains("\nSystemCallErrorNumber=EPERM\n"));
}

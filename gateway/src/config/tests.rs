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
    let hash = "ab".repeat(32);
    let desks = format!("중구:{hash}, 성동구:{hash}");
    let variables = [
        ("HANPYO_GATEWAY__SERVER__ROLES", "log, board"),
        ("HANPYO_GATEWAY__DESK__DESKS", &*desks),
        ("HANPYO_GATEWAY__OIDC__SCOPES", "profile"),
        ("HANPYO_GATEWAY__NOTICES__CHANNELS", "mail"),
    ];
    let config = Config::parse("[desk]\ndesks = [\"a:b\"]", env(&variables)).unwrap();
    assert_eq!(config.server.roles, [Role::Log, Role::Board]);
    assert_eq!(config.desk.desks, desks.split(", ").collect::<Vec<_>>());
    assert_eq!(config.oidc.scopes, ["profile"]);
    assert_eq!(config.notices.channels, [Channel::Mail]);
}

#[test]
fn a_list_with_commas_in_its_items_is_an_array() {
    let parsed = |text| Config::parse("", env(&[("HANPYO_GATEWAY__DESK__DESKS", text)]));
    let desks = |text| parsed(text).unwrap().desk.desks;
    assert_eq!(
        desks(r#"["중구, 별관:00", "b:11"]"#),
        ["중구, 별관:00", "b:11"]
    );
    assert_eq!(desks(""), [""; 0]);
    for wrong in ["[", "[1]", r#"["a"], "b""#] {
        assert!(
            parsed(wrong)
                .unwrap_err()
                .to_string()
                .contains("desk.desks")
        );
    }
}

/// Every list can be given in the environment.
#[test]
fn every_list_is_known() {
    let sections = serde_json::to_value(Config::default()).unwrap();
    let mut lists = Vec::new();
    for (section, fields) in sections.as_object().unwrap() {
        let fields = fields.as_object().unwrap().iter();
        let arrays = fields.filter(|(_, value)| value.is_array());
        lists.extend(arrays.map(|(field, _)| format!("{section}.{field}")));
    }
    lists.sort();
    let mut known = LISTS.to_vec();
    known.sort_unstable();
    assert_eq!(lists, known);
}

#[test]
fn half_a_quota_leaves_the_other_half() {
    let variables = [("HANPYO_GATEWAY__LIMITS__CASTING_PERSON__BURST", "7")];
    let toml = "[limits]\ncasting_address = { per_minute = 9 }";
    let limits = Config::parse(toml, env(&variables)).unwrap().limits;
    let default = LimitsConfig::default();
    let numbers = |quota: Quota| (quota.per_minute.get(), quota.burst.get());
    let per_minute = default.casting_person.per_minute.get();
    assert_eq!(numbers(limits.casting_person), (per_minute, 7));
    let burst = default.casting_address.burst.get();
    assert_eq!(numbers(limits.casting_address), (9, burst));
    assert_eq!(limits.code_person, default.code_person);
}

#[test]
fn secrets_in_the_environment_stay_the_text_they_are() {
    let variables = [
        ("HANPYO_GATEWAY__AGENCY__ACCESS_TOKEN", "007"),
        ("HANPYO_GATEWAY__OIDC__CLIENT_SECRET", "a,b"),
        ("HANPYO_GATEWAY__NOTICES__WEBHOOK_SECRET", "[true]"),
    ];
    let config = Config::parse("", env(&variables)).unwrap();
    let revealed = |secret: Option<Secret>| secret.unwrap().reveal().to_owned();
    assert_eq!(revealed(config.agency.access_token), "007");
    assert_eq!(revealed(config.oidc.client_secret), "a,b");
    assert_eq!(revealed(config.notices.webhook_secret), "[true]");
}

#[test]
fn variables_that_are_no_text_are_refused_and_others_left_alone() {
    use std::os::unix::ffi::OsStringExt;
    let wrong = || OsString::from_vec(vec![0xff]);
    let name = OsString::from("HANPYO_GATEWAY__DATABASE__URL");
    let refused = variables([(name.clone(), wrong())].into_iter()).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("HANPYO_GATEWAY__DATABASE__URL")
    );
    let others = [(wrong(), wrong()), (name.clone(), "x".into())];
    let taken = variables(others.into_iter()).unwrap();
    assert_eq!(taken, env(&[("HANPYO_GATEWAY__DATABASE__URL", "x")]));
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
    for (name, value, told) in [
        ("SERVERS__LISTEN", "x", "servers"),
        ("LISTEN", "x", "listen"),
        ("LIMITS__CASTING_PERSON__BURSTS", "5", "bursts"),
        ("LIMITS__CASTING_PERSONS__BURST", "5", "casting_persons"),
        ("DESK__DESK", "a:b", "desk"),
        ("SERVER__ROLES", "clerk", "clerk"),
        ("SERVER__ROLES", "", "at least one"),
    ] {
        let name = format!("HANPYO_GATEWAY__{name}");
        let message = refused("", &[(&name, value)]);
        assert!(message.contains(told), "{name}: {message}");
    }
    assert!(refused("[server]\nroles = []", &[]).contains("at least one"));
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

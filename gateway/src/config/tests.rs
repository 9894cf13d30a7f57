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

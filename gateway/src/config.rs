//! What a gateway is told: one TOML file, then the environment, then the command line's few flags.
//!
//! ```text
//! docs/samples/gateway.toml        every field with its default
//! HANPYO_GATEWAY__SECTION__FIELD   overrides a field, e.g. HANPYO_GATEWAY__IDENTITY__SESSION_MINUTES=20;
//!                                  a list with commas, or as a JSON array where a comma belongs to it
//! ```
//!
//! Unknown names are refused wherever they stand, so that a misspelt limit is not silently none.
//! Units stand in the names. Secrets never stand in the file: a [`Secret`] comes from the
//! environment or from a file of its own that the `.._file` field beside it names.

mod admission;
mod agency;
mod database;
mod desk;
mod identity;
mod limits;
mod log;
mod notices;
mod oidc;
mod redis;
mod secret;
mod server;
#[cfg(test)]
mod tests;

pub use admission::AdmissionConfig;
pub use agency::AgencyConfig;
pub use database::{ClusterConfig, DatabaseConfig};
pub use desk::DeskConfig;
pub use identity::{IdentityChoice, IdentityConfig};
pub use limits::{LimitsConfig, Quota};
pub use log::{LogConfig, LogFormat};
pub use notices::{Channel, NoticesConfig};
pub use oidc::OidcConfig;
pub use redis::RedisConfig;
pub use secret::{Secret, SecretError};
pub use server::{Role, ServerConfig};

use config::{Environment, File, FileFormat, Source, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What the names of overriding environment variables begin with.
pub const ENV_PREFIX: &str = "HANPYO_GATEWAY";
/// Between the parts of such a name.
const SEPARATOR: &str = "__";
/// The most bytes of a configuration file.
const MAX_BYTES: u64 = 1 << 20;
/// Fields that hold secrets and so may not stand in the file, as `section.field`.
const SECRETS: &[&str] = &[
    "database.url",
    "redis.url",
    "agency.access_token",
    "oidc.client_secret",
    "notices.webhook_secret",
];
/// Fields that are lists, as `section.field`.
const LISTS: &[&str] = &[
    "server.roles",
    "oidc.scopes",
    "desk.desks",
    "notices.channels",
];

/// Everything a gateway can be told. Every field has a default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it listens and where its files are.
    pub server: ServerConfig,
    /// Where the election is kept.
    pub database: DatabaseConfig,
    /// The gateways that share it.
    pub cluster: ClusterConfig,
    /// Who says who people are.
    pub identity: IdentityConfig,
    /// How much one person, one session, one address may ask.
    pub limits: LimitsConfig,
    /// Where the limits of several gateways are counted together.
    pub redis: RedisConfig,
    /// How much is taken in at once, and when newcomers wait.
    pub admission: AdmissionConfig,
    /// What is told of itself.
    pub log: LogConfig,
    /// The agency that verifies identities.
    pub agency: AgencyConfig,
    /// The OpenID Connect provider.
    pub oidc: OidcConfig,
    /// Desks and kiosks.
    pub desk: DeskConfig,
    /// Notices that people ask for.
    pub notices: NoticesConfig,
}

/// A configuration that cannot be used. Names fields and files, never a secret.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The file is too long to be one.
    #[error("{}: more than {MAX_BYTES} bytes", .0.display())]
    TooLong(PathBuf),
    /// A secret stands in the file.
    #[error("{0} is a secret: give it in the environment or name a file with {0}_file")]
    SecretInFile(&'static str),
    /// A variable that is not text.
    #[error("{0} in the environment is not UTF-8")]
    NotText(String),
    /// A list in the environment that is neither.
    #[error("{0} in the environment is neither a list with commas nor a JSON array of strings")]
    List(&'static str),
    /// Syntax, an unknown name, or a value of the wrong kind.
    #[error("the configuration: {0}")]
    Invalid(#[from] config::ConfigError),
    /// A value outside of its bounds.
    #[error("{field} is {value}: {bounds}")]
    Bounds {
        /// The field, as `section.field`.
        field: &'static str,
        /// What it says.
        value: u64,
        /// What it may say.
        bounds: &'static str,
    },
}

impl Config {
    /// Reads a file, or the defaults without one, and what the environment overrides.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = file.map_or_else(|| Ok(String::new()), read)?;
        Self::parse(&text, variables(std::env::vars_os())?)
    }

    /// Reads TOML and the variables that override it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn parse(
        toml: &str,
        mut environment: HashMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let file = File::from_str(toml, FileFormat::Toml);
        refuse_secrets(&file)?;
        let lists = take_lists(&mut environment)?;
        let variables = Environment::with_prefix(ENV_PREFIX)
            .prefix_separator(SEPARATOR)
            .separator(SEPARATOR)
            .source(Some(environment));
        let mut builder = config::Config::builder()
            // Below everything, so that half a quota has its other half.
            .add_source(config::Config::try_from(&Self::default())?)
            .add_source(file)
            .add_source(variables);
        for (field, items) in lists {
            builder = builder.set_override(field, items)?;
        }
        let config: Self = builder.build()?.try_deserialize()?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.server.check()?;
        self.database.check()?;
        self.cluster.check()?;
        self.identity.check()?;
        self.desk.check()?;
        self.limits.check()?;
        self.redis.check()?;
        self.notices.check()?;
        self.admission.check()
    }
}

fn read(file: &Path) -> Result<String, ConfigError> {
    let error = |error| ConfigError::File(file.to_owned(), error);
    if std::fs::metadata(file).map_err(error)?.len() > MAX_BYTES {
        return Err(ConfigError::TooLong(file.to_owned()));
    }
    std::fs::read_to_string(file).map_err(error)
}

/// Those of the process's variables that are meant for a gateway.
fn variables(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> Result<HashMap<String, String>, ConfigError> {
    let prefix = ENV_PREFIX.as_bytes();
    let text =
        |bytes: OsString, name: String| bytes.into_string().map_err(|_| ConfigError::NotText(name));
    all.filter(|(name, _)| name.as_encoded_bytes().starts_with(prefix))
        .map(|(name, value)| {
            let shown = name.to_string_lossy().into_owned();
            Ok((text(name, shown.clone())?, text(value, shown)?))
        })
        .collect()
}

/// Takes the lists out of the variables: what is left of them is one value each.
fn take_lists(
    environment: &mut HashMap<String, String>,
) -> Result<Vec<(&'static str, Vec<String>)>, ConfigError> {
    let mut lists = Vec::new();
    for field in LISTS {
        let name = format!("{ENV_PREFIX}{SEPARATOR}{}", field.replace('.', SEPARATOR));
        let mut names = environment.keys();
        let found = names.find(|found| found.eq_ignore_ascii_case(&name));
        let found = found.cloned();
        if let Some(text) = found.and_then(|name| environment.remove(&name)) {
            lists.push((*field, items(&text).ok_or(ConfigError::List(field))?));
        }
    }
    Ok(lists)
}

fn items(text: &str) -> Option<Vec<String>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).ok();
    }
    let items = text.split(',').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    Some(items.map(str::to_owned).collect())
}

fn refuse_secrets(file: &(impl Source + ?Sized)) -> Result<(), ConfigError> {
    let sections = file.collect()?;
    for secret in SECRETS {
        let (section, field) = secret.split_once('.').unwrap_or(("", secret));
        let section = sections.get(section).cloned().map(Value::into_table);
        if section.is_some_and(|table| table.is_ok_and(|table| table.contains_key(field))) {
            return Err(ConfigError::SecretInFile(secret));
        }
    }
    Ok(())
}

/// Refuses a value outside of `low..=high`.
fn within(
    field: &'static str,
    value: u64,
    (low, high): (u64, u64),
    bounds: &'static str,
) -> Result<(), ConfigError> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(ConfigError::Bounds {
            field,
            value,
            bounds,
        })
    }
}

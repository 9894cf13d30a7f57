//! What is told of itself: logs and traces.

use serde::{Deserialize, Serialize};

/// `[log]`. Logs name routes and request ids, never a person, a session or a tracking code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// How lines look.
    pub format: LogFormat,
    /// What is logged, as in `RUST_LOG`, which overrides it.
    pub filter: String,
    /// Where traces go, by OpenTelemetry's protocol over HTTP; only a gateway built with the
    /// feature `otel` can send them, and one built without refuses to start.
    pub otlp_endpoint: Option<String>,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".into(),
            otlp_endpoint: None,
        }
    }
}

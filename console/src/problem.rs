//! Every refusal, as RFC 9457 problem documents with a sentence in both languages.

mod kind;

pub use kind::ProblemKind;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

/// What every type URI begins with.
pub const TYPE_PREFIX: &str = "urn:hanpyo:problem:";

/// A request that was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which refusal.
    pub kind: ProblemKind,
    /// What exactly.
    hint: Option<String>,
    /// Single faults: of a spreadsheet's cells, of a draft's members.
    faults: Option<Value>,
}

impl Problem {
    /// Adds what exactly is wrong.
    #[must_use]
    pub fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Adds single faults.
    #[must_use]
    pub fn faults(mut self, faults: &impl Serialize) -> Self {
        self.faults = serde_json::to_value(faults).ok();
        self
    }

    /// What exactly is wrong, if it is said.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self {
            kind,
            hint: None,
            faults: None,
        }
    }
}

/// A fault of the store is ours: it is logged, and its detail is nobody else's business.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "store");
        ProblemKind::Unavailable.into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (kind, text) = (self.kind, self.kind.text());
        let mut document = json!({
            "type": format!("{TYPE_PREFIX}{}", kind.name()),
            "status": kind.status(),
            "title": text.title,
            "detail": text.detail,
            "title_ko": text.title_ko,
            "detail_ko": text.detail_ko,
        });
        if let Some(hint) = self.hint {
            document["hint"] = hint.into();
        }
        if let Some(faults) = self.faults {
            document["faults"] = faults;
        }
        let status = StatusCode::from_u16(kind.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(document)).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

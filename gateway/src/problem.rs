//! Every refusal, as RFC 9457 problem documents.
//!
//! Each kind has its own type URI, status and sentence in both languages. A refused ballot comes
//! with the ballot box's signed [`Refusal`], and where the person has voted already, with the stored
//! receipt.

mod kind;
#[cfg(test)]
mod tests;

pub use kind::ProblemKind;

use crate::registrar::Unmet;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use std::time::Duration;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use voting_core::codec::{DecodeError, Encode};
use voting_core::receipt::Refusal;

/// What every type URI begins with.
pub const TYPE_PREFIX: &str = "urn:hanpyo:problem:";

/// A request that was refused, and what its sender gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which refusal.
    pub kind: ProblemKind,
    /// What exactly, for whoever writes a client: names and positions, nothing personal.
    pub hint: Option<String>,
    /// The stored receipt of the person's ballot.
    pub receipt: Option<Vec<u8>>,
    /// The ballot box's signed refusal.
    pub refusal: Option<Vec<u8>>,
    /// After how long the same request may do better, where it is not the kind's own time.
    pub retry_after: Option<Duration>,
    /// The requirement that a person does not meet.
    pub unmet: Option<Box<Unmet>>,
}

/// The media type of problem documents.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// The JSON document.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document<'a> {
    #[schema(value_type = Kind)]
    r#type: String,
    status: u16,
    title: &'a str,
    detail: &'a str,
    title_ko: &'a str,
    detail_ko: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(flatten)]
    unmet: Option<&'a Unmet>,
}

/// Every type URI, for the interface's description.
struct Kind;

impl ToSchema for Kind {
    fn name() -> std::borrow::Cow<'static, str> {
        "ProblemType".into()
    }
}

impl PartialSchema for Kind {
    fn schema() -> RefOr<Schema> {
        let uris = ProblemKind::ALL.iter();
        let uris = uris.map(|kind| format!("{TYPE_PREFIX}{}", kind.name()));
        let schema = ObjectBuilder::new().schema_type(Type::String);
        schema.enum_values(Some(uris)).into()
    }
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub const fn new(kind: ProblemKind) -> Self {
        Self {
            kind,
            hint: None,
            receipt: None,
            refusal: None,
            retry_after: None,
            unmet: None,
        }
    }

    /// Says after how long to try again.
    #[must_use]
    pub fn retry_after(mut self, duration: Duration) -> Self {
        self.retry_after = Some(duration);
        self
    }

    /// In whole seconds, rounded up; at least one.
    fn retry_seconds(&self) -> Option<u64> {
        let own = self.retry_after.map(|duration| {
            let more = u64::from(duration.subsec_nanos() > 0);
            duration.as_secs().saturating_add(more).max(1)
        });
        own.or(self.kind.retry_after().map(u64::from))
    }

    /// Adds what exactly is wrong.
    #[must_use]
    pub fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Adds the stored receipt.
    #[must_use]
    pub fn receipt(mut self, receipt: Vec<u8>) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Adds the signed refusal.
    #[must_use]
    pub fn refusal(mut self, refusal: &Refusal) -> Self {
        self.refusal = Some(refusal.to_bytes());
        self
    }

    /// Adds the requirement that is not met.
    #[must_use]
    pub fn unmet(mut self, unmet: Unmet) -> Self {
        self.unmet = Some(Box::new(unmet));
        self
    }

    fn document(&self) -> Document<'_> {
        let text = self.kind.text();
        Document {
            r#type: format!("{TYPE_PREFIX}{}", self.kind.name()),
            status: self.kind.status(),
            title: text.title,
            detail: text.detail,
            title_ko: text.title_ko,
            detail_ko: text.detail_ko,
            hint: self.hint.as_deref(),
            receipt: self.receipt.as_ref().map(|bytes| BASE64.encode(bytes)),
            refusal: self.refusal.as_ref().map(|bytes| BASE64.encode(bytes)),
            unmet: self.unmet.as_deref(),
        }
    }
}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self::new(kind)
    }
}

/// Bytes that do not decode, each way with its own kind.
impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        let kind = match &error {
            DecodeError::Truncated(_) => ProblemKind::Truncated,
            DecodeError::Trailing(_) => ProblemKind::TrailingBytes,
            DecodeError::TooLong { .. } => ProblemKind::Oversized,
            DecodeError::NotCanonical(_) | DecodeError::Identity(_) => ProblemKind::NonCanonical,
            DecodeError::Unknown { .. } => ProblemKind::UnknownVersion,
        };
        Self::new(kind).hint(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.document())).into_response();
        response.extensions_mut().insert(self.kind);
        let headers = response.headers_mut();
        let json = HeaderValue::from_static(MEDIA_TYPE);
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            headers.insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

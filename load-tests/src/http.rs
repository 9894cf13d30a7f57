//! HTTP as a voter's device speaks it: kept-alive connections, and the very same request again
//! whenever the answer may have been lost.

use crate::clock::Stopwatch;
use data_encoding::BASE64;
use reqwest::{Certificate, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;
use thiserror::Error;
use voting_core::ids::ElectionId;

/// What the type of every problem begins with.
const PROBLEM_PREFIX: &str = "urn:hanpyo:problem:";
/// How long to wait for one answer.
const ANSWER: Duration = Duration::from_secs(60);
/// The first pause before sending again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why there is no answer to work with.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The gateway was not reached, however often it was tried.
    #[error("the gateway cannot be reached")]
    Unreachable(#[from] reqwest::Error),
    /// The gateway refused, and said why.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The answer is not what it should be.
    #[error("the gateway's {0} is not well-formed")]
    Malformed(&'static str),
}

impl HttpError {
    /// Whether the gateway refused for this reason: the last part of the problem's type.
    #[must_use]
    pub fn is_refused_as(&self, kind: &str) -> bool {
        matches!(self, Self::Refused(refused) if refused.kind == kind)
    }
}

/// A problem document.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the gateway refused with {status}: {kind} ({detail})")]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The last part of the problem's type.
    pub kind: String,
    /// The sentence, and what exactly.
    pub detail: String,
    /// The stored receipt, if the person's ballot is in.
    pub receipt: Option<Vec<u8>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProblemDocument {
    r#type: String,
    detail: String,
    hint: String,
    receipt: Option<String>,
}

/// A request that can be sent any number of times.
#[derive(Clone)]
struct Request<'a> {
    method: Method,
    path: &'a str,
    media_type: Option<&'static str>,
    session: Option<&'a str>,
    body: Vec<u8>,
}

/// Talks to one gateway.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
    election: Option<ElectionId>,
    forwarded_for: Option<IpAddr>,
    patience: Duration,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.base)
    }
}

impl Http {
    /// A client of the gateway at a URL, which tries for `patience` before it gives up.
    ///
    /// # Errors
    /// [`HttpError::Unreachable`] if no client can be made.
    pub fn new(url: &str, patience: Duration) -> Result<Self, HttpError> {
        Self::trusting(url, patience, None)
    }

    /// The same; [`Duration::ZERO`] sends once. With a certificate, as PEM, this one alone is trusted.
    ///
    /// # Errors
    /// [`HttpError::Unreachable`] if no client can be made.
    pub fn trusting(
        url: &str,
        patience: Duration,
        certificate: Option<&[u8]>,
    ) -> Result<Self, HttpError> {
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder().timeout(ANSWER);
        if let Some(certificate) = certificate {
            client = client.tls_certs_only([Certificate::from_pem(certificate)?]);
        }
        Ok(Self {
            client: client.build()?,
            base: url.trim_end_matches('/').to_owned(),
            election: None,
            forwarded_for: None,
            patience,
        })
    }

    /// The same, naming the election that every request is meant for.
    #[must_use]
    pub fn for_election(mut self, election: ElectionId) -> Self {
        self.election = Some(election);
        self
    }

    /// The same over the same connections, for somebody at this address, as a proxy says it. A gateway
    /// believes it if it counts this machine among its proxies.
    #[must_use]
    pub fn forwarded_for(mut self, address: IpAddr) -> Self {
        self.forwarded_for = Some(address);
        self
    }

    /// The gateway's URL.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Gets a file.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn get(&self, path: &str) -> Result<Vec<u8>, HttpError> {
        let (method, body) = (Method::GET, Vec::new());
        self.send(Request {
            method,
            path,
            media_type: None,
            session: None,
            body,
        })
        .await
    }

    /// Gets a JSON document.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn get_json<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &'static str,
    ) -> Result<T, HttpError> {
        let bytes = self.get(path).await?;
        serde_json::from_slice(&bytes).map_err(|_| HttpError::Malformed(what))
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn post_json(
        &self,
        path: &str,
        json: &serde_json::Value,
    ) -> Result<Vec<u8>, HttpError> {
        let (method, body) = (Method::POST, json.to_string().into_bytes());
        let media_type = Some("application/json");
        self.send(Request {
            method,
            path,
            media_type,
            session: None,
            body,
        })
        .await
    }

    /// Posts canonical bytes, under a session where one is needed.
    ///
    /// # Errors
    /// [`HttpError`].
    pub async fn post_bytes(
        &self,
        path: &str,
        session: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, HttpError> {
        let media_type = Some("application/octet-stream");
        self.send(Request {
            method: Method::POST,
            path,
            media_type,
            session,
            body,
        })
        .await
    }

    /// Sends until there is an answer that sending again would not change. Every request of a
    /// voter is such that sending it twice does no more than sending it once.
    async fn send(&self, request: Request<'_>) -> Result<Vec<u8>, HttpError> {
        let since = Stopwatch::start();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.send_once(&request).await {
                Err(error) if is_passing(&error) => error,
                settled => return settled,
            };
            if since.elapsed() + pause > self.patience {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    async fn send_once(&self, request: &Request<'_>) -> Result<Vec<u8>, HttpError> {
        let response = self.build(request).send().await?;
        let status = response.status();
        let bytes = body(response).await?;
        if status.is_success() {
            Ok(bytes)
        } else {
            Err(refused(status, &bytes).into())
        }
    }

    fn build(&self, request: &Request<'_>) -> RequestBuilder {
        let url = format!("{}{}", self.base, request.path);
        let mut builder = self.client.request(request.method.clone(), url);
        if let Some(media_type) = request.media_type {
            builder = builder
                .header("content-type", media_type)
                .body(request.body.clone());
        }
        if let Some(election) = self.election {
            builder = builder.header("hanpyo-election", election.to_string());
        }
        if let Some(address) = self.forwarded_for {
            builder = builder.header("x-forwarded-for", address.to_string());
        }
        match request.session {
            Some(session) => builder.bearer_auth(session),
            None => builder,
        }
    }
}

async fn body(response: Response) -> Result<Vec<u8>, HttpError> {
    Ok(response.bytes().await?.into())
}

fn refused(status: StatusCode, bytes: &[u8]) -> Refused {
    let problem: ProblemDocument = serde_json::from_slice(bytes).unwrap_or_default();
    let kind = problem
        .r#type
        .strip_prefix(PROBLEM_PREFIX)
        .unwrap_or("not-a-problem-document");
    Refused {
        status: status.as_u16(),
        kind: kind.to_owned(),
        detail: format!("{} {}", problem.detail, problem.hint)
            .trim()
            .to_owned(),
        receipt: problem
            .receipt
            .and_then(|text| BASE64.decode(text.as_bytes()).ok()),
    }
}

/// Whether sending the same again may do better.
fn is_passing(error: &HttpError) -> bool {
    match error {
        HttpError::Unreachable(error) => !error.is_builder(),
        HttpError::Refused(refused) => {
            matches!(
                refused.kind.as_str(),
                "overloaded" | "unavailable" | "incomplete" | "waiting-room"
            )
        }
        HttpError::Malformed(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_with_its_receipt_and_anything_else_is_none() {
        let document = br#"{"type":"urn:hanpyo:problem:already-voted","status":409,
            "detail":"In.","hint":"x","receipt":"AQI="}"#;
        let found = refused(StatusCode::CONFLICT, document);
        assert_eq!((found.status, found.kind.as_str()), (409, "already-voted"));
        assert_eq!(
            (found.detail.as_str(), found.receipt),
            ("In. x", Some(vec![1, 2]))
        );
        let other = refused(StatusCode::BAD_GATEWAY, b"<html>");
        assert_eq!(
            (other.kind.as_str(), other.receipt),
            ("not-a-problem-document", None)
        );
    }

    #[test]
    fn only_what_may_pass_is_sent_again() {
        let of = |kind: &str| {
            let (kind, detail) = (kind.to_owned(), String::new());
            HttpError::Refused(Refused {
                status: 503,
                kind,
                detail,
                receipt: None,
            })
        };
        for kind in ["overloaded", "unavailable", "waiting-room"] {
            assert!(is_passing(&of(kind)), "{kind}");
        }
        assert!(!is_passing(&of("voting-closed")) && !is_passing(&of("already-voted")));
        assert!(of("already-voted").is_refused_as("already-voted"));
        assert!(!is_passing(&HttpError::Malformed("election")));
    }
}

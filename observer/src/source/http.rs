//! A log over HTTP: one origin, bounded answers, no redirects.

use super::{LogPath, Source, SourceError};
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use std::io::Read;
use std::time::Duration;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a connection may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// How often a request that did not get through is made.
const ATTEMPTS: u32 = 4;
/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest answer to a post, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// One server.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    base: String,
}

/// A server's answer to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Http {
    /// The server and path at a URL.
    ///
    /// # Errors
    /// [`SourceError`] where no client can be made.
    pub fn new(url: &str) -> Result<Self, SourceError> {
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(CONNECT_PATIENCE)
            .user_agent(concat!("hanpyo-observer/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| http(url, &error))?;
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { client, base })
    }

    /// The log at a URL: of a gateway (`URL/log/checkpoint`) or of the files themselves
    /// (`URL/checkpoint`).
    ///
    /// # Errors
    /// [`SourceError`] if neither is there.
    pub fn log(url: &str) -> Result<Self, SourceError> {
        let server = Self::new(url)?;
        let gateway = Self {
            base: format!("{}/log", server.base),
            ..server.clone()
        };
        let probe = if url.trim_end_matches('/').ends_with("/log") {
            server
        } else {
            match gateway.read(LogPath::Checkpoint) {
                Err(SourceError::Missing(_)) => server,
                _ => return Ok(gateway),
            }
        };
        probe.read(LogPath::Checkpoint).map(|_| probe)
    }

    /// Posts bytes to a path below the URL, once.
    ///
    /// # Errors
    /// [`SourceError::Http`] if no answer comes; refusals are answers.
    pub fn post(&self, path: &str, body: Vec<u8>) -> Result<Answer, SourceError> {
        let url = format!("{}/{path}", self.base);
        let request = self.client.post(&url);
        let request = request.header(CONTENT_TYPE, "application/octet-stream");
        let response = request
            .body(body)
            .send()
            .map_err(|error| http(&url, &error))?;
        let status = response.status().as_u16();
        let body = bounded(response, &url, MAX_ANSWER)?;
        Ok(Answer { status, body })
    }

    fn fetch(&self, url: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let response = self.client.get(url).send();
        let response = response.map_err(|error| http(url, &error))?;
        match response.status() {
            StatusCode::OK => bounded(response, url, limit),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(SourceError::Missing(url.to_owned())),
            status => Err(SourceError::Status {
                path: url.to_owned(),
                status: status.as_u16(),
            }),
        }
    }
}

impl Source for Http {
    fn read(&self, path: LogPath) -> Result<Vec<u8>, SourceError> {
        let url = format!("{}/{path}", self.base);
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.fetch(&url, path.limit()) {
                Err(error) if may_pass(&error) => std::thread::sleep(pause),
                settled => return settled,
            }
            pause *= 2;
        }
        self.fetch(&url, path.limit())
    }
}

/// Whether asking again can help.
fn may_pass(error: &SourceError) -> bool {
    match error {
        SourceError::Http { .. } => true,
        SourceError::Status { status, .. } => *status == 429 || *status >= 500,
        _ => false,
    }
}

fn bounded(response: Response, url: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
    let path = || url.to_owned();
    let too_long = || SourceError::TooLong {
        path: path(),
        limit,
    };
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    let read = response.take(limit as u64 + 1).read_to_end(&mut bytes);
    match read {
        Err(error) => Err(SourceError::Http {
            path: path(),
            reason: error.to_string(),
        }),
        Ok(length) if length > limit => Err(too_long()),
        Ok(_) => Ok(bytes),
    }
}

/// The error with its causes, without repeating the URL.
fn http(url: &str, error: &reqwest::Error) -> SourceError {
    let mut reason = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !reason.contains(&text) {
            let separator = if reason.is_empty() { "" } else { ": " };
            reason = format!("{reason}{separator}{text}");
        }
        cause = error.source();
    }
    SourceError::Http {
        path: url.to_owned(),
        reason,
    }
}

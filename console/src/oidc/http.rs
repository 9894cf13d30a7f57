//! Talking to the provider: bounded in time and size, and nothing of it in a log.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::pin::Pin;
use std::time::Duration;
use thiserror::Error;

/// How long the provider may take for a whole answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of an answer: keys, metadata and tokens are far shorter.
const MAX_ANSWER: usize = 256 << 10;

/// Why there is no answer. Says nothing of what was asked.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The address is not one, or is not HTTPS.
    #[error("a provider's address is https://.. (http:// on this machine alone)")]
    Address,
    /// The request did not get through, or not in time.
    #[error("the provider does not answer")]
    Failed,
    /// The answer is larger than any of a provider.
    #[error("the provider's answer is too long")]
    TooLong,
}

/// Asks the provider.
#[derive(Clone)]
pub(super) struct Http(reqwest::Client);

impl Http {
    pub(super) fn new(address: &str) -> Result<Self, HttpError> {
        check(address)?;
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Nothing that was asked of one address may go to another.
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        client.build().map(Self).map_err(|_| HttpError::Failed)
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        check(&request.uri().to_string())?;
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::Failed)?;
        let response = self.0.execute(request).await;
        let response = response.map_err(|_| HttpError::Failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut answer = HttpResponse::new(read(response).await?);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.exchange(request))
    }
}

/// HTTPS, or HTTP to this very machine, where tests and proxies are.
pub(super) fn check(address: &str) -> Result<(), HttpError> {
    let url = reqwest::Url::parse(address).map_err(|_| HttpError::Address)?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        _ => Err(HttpError::Address),
    }
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| HttpError::Failed)? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(HttpError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

//! Talking to providers and to whoever sends notices: bounded in time and size, and nothing of it in a log.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use std::pin::Pin;
use std::time::Duration;
use thiserror::Error;
use zeroize::Zeroizing;

/// How long a provider may take for a whole answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of an answer: keys, metadata and tokens are far shorter.
const MAX_ANSWER: usize = 256 << 10;

/// Why there is no answer. Says nothing of what was asked.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The address is not one, or is not HTTPS.
    #[error("a provider's address is https://.. (http:// on this machine alone)")]
    Address,
    /// The address of a form says more than where it goes, or less.
    #[error("a form's address names one file, without a user or a fragment")]
    Form,
    /// The request did not get through, or not in time.
    #[error("the provider does not answer")]
    Failed,
    /// The answer is larger than any of a provider.
    #[error("the provider's answer is too long")]
    TooLong,
}

/// Asks one provider.
#[derive(Clone)]
pub(crate) struct Http(reqwest::Client);

impl Http {
    /// A client for a provider at an address.
    ///
    /// # Errors
    /// [`HttpError::Address`].
    pub(crate) fn new(address: &str) -> Result<Self, HttpError> {
        check(address)?;
        // Fails only if another provider was installed before, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Nothing that was asked of one address may go to another.
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        client.build().map(Self).map_err(|_| HttpError::Failed)
    }

    /// Posts JSON; the answer's bytes if the status is 2xx.
    ///
    /// # Errors
    /// [`HttpError`].
    pub(super) async fn post_json(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: &(impl Serialize + Sync),
    ) -> Result<Zeroizing<Vec<u8>>, HttpError> {
        let request = self.0.post(url).headers(sensitive(headers)?).json(body);
        let response = request.send().await.map_err(|_| HttpError::Failed)?;
        match response.status().is_success() {
            true => read(response).await,
            false => Err(HttpError::Failed),
        }
    }

    /// Posts bytes; `Ok` if the status is 2xx.
    ///
    /// # Errors
    /// [`HttpError`].
    pub(crate) async fn post_bytes(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: &[u8],
    ) -> Result<(), HttpError> {
        let request = self.0.post(url).headers(sensitive(headers)?);
        let response = request.body(body.to_vec()).send().await;
        let response = response.map_err(|_| HttpError::Failed)?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(HttpError::Failed),
        }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        check(&request.uri().to_string())?;
        let request = reqwest::Request::try_from(request).map_err(|_| HttpError::Failed)?;
        let response = self.0.execute(request).await;
        let response = response.map_err(|_| HttpError::Failed)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut answer = HttpResponse::new(read(response).await?.to_vec());
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

/// Headers that no log shows.
fn sensitive(headers: &[(&'static str, &str)]) -> Result<HeaderMap, HttpError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let mut value = HeaderValue::from_str(value).map_err(|_| HttpError::Failed)?;
        value.set_sensitive(true);
        map.insert(HeaderName::from_static(name), value);
    }
    Ok(map)
}

/// For a library that makes the requests itself: the answer, whatever its status.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.exchange(request))
    }
}

/// HTTPS, or HTTP to this very machine, where tests and proxies are.
///
/// # Errors
/// [`HttpError::Address`].
pub(crate) fn check(address: &str) -> Result<(), HttpError> {
    let url = reqwest::Url::parse(address).map_err(|_| HttpError::Address)?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        _ => Err(HttpError::Address),
    }
}

async fn read(mut response: reqwest::Response) -> Result<Zeroizing<Vec<u8>>, HttpError> {
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|_| HttpError::Failed)? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(HttpError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

//! Plain HTTP, without believing or hiding anything.

use gateway::client::Client;
use serde_json::Value;

/// The media type of canonical bytes.
const BINARY: &str = "application/octet-stream";

/// One gateway's address.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Api {
    pub(crate) fn new(url: &str) -> Self {
        // Installs the TLS provider as well.
        Client::new(url).unwrap();
        Self {
            http: reqwest::Client::new(),
            url: url.to_owned(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url).unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.http.get(format!("{}{path}", self.url)))
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, bytes: &[u8]) -> Answer {
        send(self.request(path, bytes)).await.unwrap()
    }

    /// As [`Self::post`]; `None` if the gateway died before it answered.
    pub(crate) async fn try_post(&self, path: &str, bytes: &[u8]) -> Option<Answer> {
        send(self.request(path, bytes)).await.ok()
    }

    pub(crate) async fn post_as(&self, session: &str, path: &str, bytes: &[u8]) -> Answer {
        send(self.request(path, bytes).bearer_auth(session))
            .await
            .unwrap()
    }

    pub(crate) async fn identify(&self, ci: &str) -> Answer {
        let request = self.http.post(format!("{}/api/v1/identity/demo", self.url));
        send(request.json(&serde_json::json!({ "ci": ci })))
            .await
            .unwrap()
    }

    pub(crate) fn request(&self, path: &str, bytes: &[u8]) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.url));
        request.header("content-type", BINARY).body(bytes.to_vec())
    }
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await?.to_vec();
    Ok(Answer {
        status,
        headers,
        bytes,
    })
}

impl Answer {
    pub(crate) fn ok(self) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.bytes);
        assert!((200..300).contains(&self.status), "{} {text}", self.status);
        self.bytes
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The last part of the problem's type, after checking the document's form.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], self.status);
        for member in ["title", "detail", "title_ko", "detail_ko"] {
            assert!(!json[member].as_str().unwrap().is_empty(), "{member}");
        }
        let kind = json["type"].as_str().unwrap();
        kind.strip_prefix("urn:hanpyo:problem:").unwrap().to_owned()
    }

    /// The bytes of a base64 member.
    pub(crate) fn attached(&self, member: &str) -> Vec<u8> {
        let text = self.json()[member].as_str().unwrap().to_owned();
        data_encoding::BASE64.decode(text.as_bytes()).unwrap()
    }
}

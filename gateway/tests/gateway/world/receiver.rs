//! Whoever sends text messages and mails: an HTTP server that refuses as often as it is told to, and
//! checks the signature of what it is handed by itself.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use data_encoding::BASE64;
use gateway::config::{NoticesConfig, Secret};
use ring::hmac;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// What the gateway and the receiver share.
pub(crate) const SECRET: &str = "a secret of the webhook's receiver";

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub(crate) id: String,
    pub(crate) seconds: u64,
    pub(crate) body: Value,
}

/// A receiver in this process.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    answers: Arc<Mutex<VecDeque<u16>>>,
    handed: Arc<Mutex<Vec<Handed>>>,
}

impl Receiver {
    /// One that answers with these statuses, and with 204 from then on.
    pub(crate) async fn start(answers: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/notices", listener.local_addr().unwrap()),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            handed: Arc::default(),
        };
        let router = Router::new()
            .route("/notices", post(take))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    /// Everything it was handed so far, whatever it answered.
    pub(crate) fn handed(&self) -> Vec<Handed> {
        self.handed.lock().unwrap().clone()
    }

    /// A gateway's configuration for it, quick enough for a test.
    pub(crate) fn config(&self) -> NoticesConfig {
        NoticesConfig {
            webhook_url: Some(self.url.clone()),
            webhook_secret: Some(Secret::new(SECRET.to_owned())),
            page_url: Some("https://vote.example.org".to_owned()),
            poll_ms: 50,
            first_retry_ms: 1_000,
            longest_retry_ms: 3_000,
            ..NoticesConfig::default()
        }
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let (id, time) = (header("webhook-id"), header("webhook-timestamp"));
    let signature = header("webhook-signature");
    let signature = BASE64.decode(signature.strip_prefix("v1,").unwrap().as_bytes());
    let signed = [id.as_bytes(), b".", time.as_bytes(), b".", &body].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::verify(&key, &signed, &signature.unwrap()).expect("the signature");
    receiver.handed.lock().unwrap().push(Handed {
        id,
        seconds: time.parse().unwrap(),
        body: serde_json::from_slice(&body).unwrap(),
    });
    let answer = receiver.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(answer.unwrap_or(204)).unwrap()
}

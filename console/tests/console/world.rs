//! A console with members who are signed in already.

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use console::api::{Console, Shared, router};
use console::arrivals::Arrivals;
use console::desk::DeskToken;
use console::gateway::Gateway;
use console::invitation::invite;
use console::operations::Operations;
use console::passkeys::Passkeys;
use console::store::{Role, Store, Way};
use console::token;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceExt;
use voting_core::codec::Encode;
use voting_core::ids::UnixMillis;
use voting_core::keys::{SecretKey, Signature};
use voting_core::staff::KeyClaim;
use webauthn_rs::prelude::{Passkey, Url, Uuid};

pub(crate) const ORIGIN: &str = "http://localhost:7777";
/// A passkey as the library keeps it.
pub(crate) const PASSKEY: &str = include_str!("passkey.json");
const BEGIN: u64 = 1_800_000_000_000;

pub(crate) struct World {
    pub(crate) console: Shared,
    pub(crate) clock: Arc<AtomicU64>,
    folder: tempfile::TempDir,
}

/// A member's session token, and the key they sign with.
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) handle: Uuid,
    pub(crate) token: String,
    pub(crate) key: SecretKey,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The problem's name, or the status of what is none.
    pub(crate) fn kind(&self) -> String {
        let json: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        let kind = json["type"]
            .as_str()
            .and_then(|t| t.strip_prefix("urn:hanpyo:problem:"));
        kind.map_or_else(|| self.status.to_string(), str::to_owned)
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        // Nothing listens there: port 9 is "discard".
        Self::at("http://127.0.0.1:9").await
    }

    /// A console before the gateway at this address.
    pub(crate) async fn at(gateway: &str) -> Self {
        Self::with_desk(gateway, None).await
    }

    /// As [`Self::at`], with the token of a desk.
    pub(crate) async fn with_desk(gateway: &str, desk: Option<DeskToken>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicU64::new(BEGIN));
        let read = clock.clone();
        let console = Arc::new(Console {
            store: Store::open(folder.path()).await.unwrap(),
            passkeys: Passkeys::new(&Url::parse(ORIGIN).unwrap()).unwrap(),
            oidc: None,
            gateway: Gateway::new(gateway).unwrap(),
            desk,
            arrivals: Arrivals::default(),
            operations: Operations::new(&[]).unwrap(),
            origin: ORIGIN.into(),
            clock: Arc::new(move || UnixMillis::new(read.load(Ordering::SeqCst))),
        });
        Self {
            console,
            clock,
            folder,
        }
    }

    /// Where everything that the console keeps is.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn pass(&self, ms: u64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    fn now(&self) -> UnixMillis {
        (self.console.clock)()
    }

    /// A member with a session, as enrolment leaves them.
    pub(crate) async fn member(&self, n: u8, role: Role) -> Person {
        self.member_with(n, role, passkey(n)).await
    }

    /// As [`Self::member`], with this passkey.
    pub(crate) async fn member_with(&self, n: u8, role: Role, passkey: Passkey) -> Person {
        let store = &self.console.store;
        let made = invite(store, &format!("담당자 {n}"), role, self.now())
            .await
            .unwrap();
        let (invitation, _) = made.unwrap();
        let handle = Uuid::from_bytes([n; 16]);
        let id = store
            .enrol(&token::hash(&invitation), handle, &passkey, self.now())
            .await;
        let id = id.unwrap().unwrap();
        let token = format!("token-{n}");
        let until = UnixMillis::new(self.now().get() + 3_600_000);
        store
            .begin_session(&token::hash(&token), id, self.now(), until, Way::Passkey)
            .await
            .unwrap();
        Person {
            id,
            handle,
            token,
            key: SecretKey::from_seed(&[n + 100; 32]),
        }
    }

    /// A manager with a registered signing key.
    pub(crate) async fn manager(&self, n: u8) -> Person {
        self.manager_with(n, SecretKey::from_seed(&[n + 100; 32]))
            .await
    }

    /// A manager whose signing key is this one.
    pub(crate) async fn manager_with(&self, n: u8, key: SecretKey) -> Person {
        let mut person = self.member(n, Role::Manager).await;
        person.key = key;
        assert_eq!(
            self.post(&person, "/me/key", claim(&person, &person.key))
                .await
                .kind(),
            "204"
        );
        person
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = router(self.console.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 64 << 20)
            .await
            .unwrap()
            .into();
        Answer { status, bytes }
    }

    pub(crate) async fn get(&self, person: &Person, path: &str) -> Answer {
        self.send(
            request("GET", path, Some(person))
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    pub(crate) async fn post(&self, person: &Person, path: &str, value: Value) -> Answer {
        self.json("POST", person, path, value).await
    }

    pub(crate) async fn json(
        &self,
        method: &str,
        person: &Person,
        path: &str,
        value: Value,
    ) -> Answer {
        let request =
            request(method, path, Some(person)).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(value.to_string())).unwrap())
            .await
    }

    pub(crate) async fn upload(
        &self,
        method: &str,
        person: &Person,
        path: &str,
        bytes: &[u8],
    ) -> Answer {
        let request = request(method, path, Some(person))
            .header(header::CONTENT_TYPE, "application/octet-stream");
        self.send(request.body(Body::from(bytes.to_vec())).unwrap())
            .await
    }
}

pub(crate) fn request(
    method: &str,
    path: &str,
    person: Option<&Person>,
) -> axum::http::request::Builder {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api{path}"))
        .header(header::ORIGIN, ORIGIN);
    match person {
        Some(person) => request.header(
            header::COOKIE,
            format!("a=b; __Host-hanpyo-console={}", person.token),
        ),
        None => request,
    }
}

/// A person's claim to a key.
pub(crate) fn claim(person: &Person, key: &SecretKey) -> Value {
    let claim = KeyClaim {
        origin: ORIGIN,
        member: person.handle.as_bytes(),
    };
    json!({"key": key.verify_key(), "signature": base64(&claim.sign(key))})
}

pub(crate) fn base64(signature: &Signature) -> String {
    STANDARD.encode(signature.to_bytes())
}

/// A passkey as the library keeps it, which nobody signs in with here; each `n` is another.
fn passkey(n: u8) -> Passkey {
    let mut json: Value = serde_json::from_str(PASSKEY).unwrap();
    json["cred"]["cred_id"] = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode([n; 32])
        .into();
    serde_json::from_value(json).unwrap()
}

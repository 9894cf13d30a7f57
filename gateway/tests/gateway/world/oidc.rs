//! A certified OpenID provider (npm's `oidc-provider`) in a process of its own, and a browser.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response, Url, redirect};
use ring::digest;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

/// Where the browser comes back to; nobody listens there.
pub(crate) const RETURN_URL: &str = "https://vote.example.org/identified";
/// The provider's program and its lock.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc");
/// The most pages between a login's beginning and its end.
const PAGES: usize = 20;

/// The provider. Killed when dropped.
pub(crate) struct OpenId {
    child: Child,
    http: Client,
    /// Two issuers with the same keys; the gateway knows the first.
    pub(crate) issuers: [String; 2],
}

/// A browser: cookies, and no redirect that is not looked at.
#[derive(Default)]
struct Browser(BTreeMap<String, String>);

impl OpenId {
    pub(crate) fn start() -> Self {
        install();
        let mut child = Command::new("node")
            .args(["provider.mjs", RETURN_URL])
            .current_dir(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Node is needed");
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("the provider starts");
        // The gateway's clients install it as well; here it may be the first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().redirect(redirect::Policy::none());
        Self {
            child,
            http: http.build().unwrap(),
            issuers: [0, 1].map(|n| said["issuers"][n].as_str().unwrap().to_owned()),
        }
    }

    /// The gateway's configuration for the first issuer.
    pub(crate) fn toml(&self, secret: &std::path::Path) -> String {
        std::fs::write(secret, secret_of("hanpyo")).unwrap();
        format!(
            "[oidc]\nissuer = \"{}\"\nclient_id = \"hanpyo\"\nreturn_url = \"{RETURN_URL}\"\n\
             client_secret_file = \"{}\"\n",
            self.issuers[0],
            secret.display()
        )
    }

    /// Goes where the gateway sends the browser, logs in as someone with these claims, and brings
    /// back the query of the return.
    pub(crate) async fn login(&self, url: &str, claims: &Value) -> Value {
        let login = URL_SAFE_NO_PAD.encode(claims.to_string());
        let mut browser = Browser::default();
        let mut url = Url::parse(url).unwrap();
        for _ in 0..PAGES {
            if url.as_str().starts_with(RETURN_URL) {
                let query = url.query_pairs();
                let query = query.map(|(name, value)| (name.into_owned(), value.into()));
                return Value::Object(query.collect::<Map<_, Value>>());
            }
            let page = browser.send(self.http.get(url.clone())).await;
            let answer = match page.headers().contains_key(LOCATION) {
                true => page,
                false => browser.submit(&self.http, page, &login).await,
            };
            let location = answer.headers()[LOCATION].to_str().unwrap();
            url = url.join(location).unwrap();
        }
        panic!("the login does not end: {url}");
    }

    /// An ID token that an issuer made for a client, with this nonce.
    pub(crate) async fn id_token(
        &self,
        (issuer, client): (usize, &str),
        nonce: &str,
        claims: &Value,
    ) -> String {
        let issuer = &self.issuers[issuer];
        let verifier = "v".repeat(43);
        let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
        let challenge = URL_SAFE_NO_PAD.encode(challenge.as_ref());
        let mut url = Url::parse(&format!("{issuer}/auth")).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", RETURN_URL),
            ("scope", "openid profile phone"),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let query = self.login(url.as_str(), claims).await;
        let mut form = Url::parse("form:").unwrap();
        form.query_pairs_mut().extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", query["code"].as_str().unwrap()),
            ("redirect_uri", RETURN_URL),
            ("code_verifier", &verifier),
        ]);
        let encoded = |text: &str| {
            let text =
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
            text.to_string()
        };
        let request = self.http.post(format!("{issuer}/token"));
        let request = request.basic_auth(client, Some(encoded(&secret_of(client))));
        let answer = post_form(request, form.query().unwrap())
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["id_token"].as_str().expect("a token").to_owned()
    }

    /// Makes the first issuer hand out this token next, instead of its own.
    pub(crate) async fn swap(&self, token: String) {
        let url = format!("{}/swap", self.issuers[0]);
        let answer = self.http.post(url).body(token).send().await.unwrap();
        assert_eq!(answer.status(), 204);
    }
}

impl Drop for OpenId {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request
            .header(COOKIE, pairs.join("; "))
            .send()
            .await
            .unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.0.insert(name.to_owned(), value.to_owned());
            self.0.retain(|_, value| !value.is_empty());
        }
        response
    }

    /// Fills in the form of a page: the login, or the consent.
    async fn submit(&mut self, http: &Client, page: Response, login: &str) -> Response {
        let url = page.url().clone();
        assert_eq!(page.status(), 200, "{url}");
        let html = page.text().await.unwrap();
        let after = |mark: &str| {
            let (_, rest) = html.split_once(mark).expect("a form");
            rest.split('"').next().unwrap()
        };
        let action = url.join(after("action=\"")).unwrap();
        let prompt = after("name=\"prompt\" value=\"");
        let form = format!("prompt={prompt}&login={login}&password=any");
        self.send(post_form(http.post(action), &form)).await
    }
}

/// What the gateway was asked to keep in the address it gave.
pub(crate) fn query(url: &Value, name: &str) -> String {
    let url = Url::parse(url.as_str().unwrap()).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}

/// The same address with another value.
pub(crate) fn with_query(url: &Value, name: &str, value: &str) -> String {
    let mut url = Url::parse(url.as_str().unwrap()).unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let changed = pairs
        .iter()
        .map(|(key, old)| (key, if key == name { value } else { old.as_str() }));
    url.query_pairs_mut().clear().extend_pairs(changed);
    url.into()
}

fn post_form(request: reqwest::RequestBuilder, form: &str) -> reqwest::RequestBuilder {
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_owned())
}

fn secret_of(client: &str) -> String {
    format!("secret of {client} +/&")
}

/// Installs what the provider's lock says, unless that was done.
fn install() {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _installing = INSTALLING.lock().unwrap();
    if std::path::Path::new(FOLDER)
        .join("node_modules/.package-lock.json")
        .exists()
    {
        return;
    }
    let installed = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--silent"])
        .current_dir(FOLDER)
        .status();
    assert!(installed.expect("npm is needed").success());
}

/// A person as the provider's claims say.
pub(crate) fn claims(ci: &str) -> Value {
    json!({
        "ci": ci,
        "name": "홍 길동",
        "birthdate": "1990-01-02",
        "phone_number": "+82 10-1234-5678",
        "ties": ["residence"],
    })
}

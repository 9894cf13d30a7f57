//! An agency of the kind that verifies identities in Korea, with fixtures of our own. It is written
//! apart from the gateway's side: what one seals, the other must be able to open.

use aes::Aes128;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use data_encoding::BASE64;
use ring::{digest, hmac};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The site's code in the contract.
pub(crate) const SITE: &str = "G1234";

/// An agency in this process.
#[derive(Clone)]
pub(crate) struct Agency {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// The keys of one transaction.
struct Keys(String);

impl Agency {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let agency = Self {
            url,
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/token", post(token))
            .with_state(agency.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        agency
    }

    /// The gateway's configuration for this agency.
    pub(crate) fn toml(&self, secret: &std::path::Path) -> String {
        std::fs::write(secret, "the-contract\n").unwrap();
        format!(
            "[agency]\ntoken_url = \"{0}/token\"\nform_url = \"{0}/form\"\n\
             return_url = \"https://vote.example.org/identified\"\nsite_code = \"{SITE}\"\n\
             product_id = \"1\"\naccess_token_file = \"{1}\"\n",
            self.url,
            secret.display()
        )
    }

    /// What the browser brings back for the form it was given: the person, with this change.
    pub(crate) fn answer(&self, begun: &Value, change: impl FnOnce(&mut Value)) -> Value {
        let form = &begun["fields"];
        let field = |name: &str| form[name].as_str().unwrap();
        let version = field("token_version_id");
        let nth: usize = version.strip_prefix("version-").unwrap().parse().unwrap();
        let keys = Keys(self.asked.lock().unwrap()[nth].clone());
        let request = keys.open(field("enc_data"), field("integrity_value"));
        assert_eq!(request["sitecode"], SITE);
        assert_eq!(request["returnurl"], "https://vote.example.org/identified");
        let mut answer = json!({
            "resultcode": "0000",
            "requestno": request["requestno"],
            "sitecode": SITE,
            "responseno": "R1",
            "ci": "agency-ci-1",
            "di": "agency-di-1",
            "utf8_name": "%ED%99%8D%EA%B8%B8%EB%8F%99",
            "birthdate": "19900102",
            "gender": "1",
            "nationalinfo": "0",
            "mobileno": "01012345678",
        });
        change(&mut answer);
        keys.seal(version, answer.to_string().as_bytes())
    }
}

async fn token(State(agency): State<Agency>, Json(ask): Json<Value>) -> Json<Value> {
    let body = &ask["dataBody"];
    let (time, number) = (
        body["req_dtim"].as_str().unwrap(),
        body["req_no"].as_str().unwrap(),
    );
    assert_eq!((time.len(), number.len()), (14, 30));
    let mut asked = agency.asked.lock().unwrap();
    let nth = asked.len();
    let value = format!("token-value-{nth}");
    let hash = digest::digest(&digest::SHA256, format!("{time}{number}{value}").as_bytes());
    asked.push(BASE64.encode(hash.as_ref()));
    Json(json!({
        "dataHeader": { "GW_RSLT_CD": "1200", "GW_RSLT_MSG": "" },
        "dataBody": {
            "rsp_cd": "P000", "result_cd": "0000", "site_code": SITE, "period": 3600,
            "token_version_id": format!("version-{nth}"), "token_val": value,
        },
    }))
}

impl Keys {
    fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0.as_bytes()[..32])
    }

    fn open(&self, data: &str, integrity: &str) -> Value {
        let integrity = BASE64.decode(integrity.as_bytes()).unwrap();
        hmac::verify(&self.hmac(), data.as_bytes(), &integrity).unwrap();
        let mut bytes = BASE64.decode(data.as_bytes()).unwrap();
        let text = self.0.as_bytes();
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(&text[..16], &text[28..]).unwrap();
        let plain = cipher.decrypt_padded::<Pkcs7>(&mut bytes).unwrap();
        serde_json::from_slice(plain).unwrap()
    }

    fn seal(&self, version: &str, plain: &[u8]) -> Value {
        let mut buffer = plain.to_vec();
        buffer.resize(plain.len() + 16, 0);
        let text = self.0.as_bytes();
        let cipher = cbc::Encryptor::<Aes128>::new_from_slices(&text[..16], &text[28..]).unwrap();
        let sealed = cipher
            .encrypt_padded::<Pkcs7>(&mut buffer, plain.len())
            .unwrap();
        let data = BASE64.encode(sealed);
        let integrity = BASE64.encode(hmac::sign(&self.hmac(), data.as_bytes()).as_ref());
        json!({ "token_version_id": version, "enc_data": data, "integrity_value": integrity })
    }
}

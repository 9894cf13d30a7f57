//! An open election with a desk and an agency.

use super::{Agency, Answer, Api, Running, World, send};
use gateway::config::Config;
use gateway::identity::desk;
use serde_json::{Value, json};
use voting_core::codec::Encode;
use voting_core::keys::SecretKey;
use voting_core::manifest::Document;

/// A world whose election is open, with a desk, an agency and both their secrets.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) running: Running,
    pub(crate) agency: Agency,
    pub(crate) desk: String,
}

impl Town {
    pub(crate) async fn open(change: impl FnOnce(&mut Document)) -> Self {
        Self::open_with(change, |_| ()).await
    }

    /// As [`Self::open`], configured otherwise.
    pub(crate) async fn open_with(
        change: impl FnOnce(&mut Document),
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let world = World::create(change).await;
        let agency = Agency::start().await;
        let (token, line) = desk::draw("중구").unwrap();
        let secret = world.folder.path().join("agency.token");
        let toml = format!("{}[desk]\ndesks = [\"{line}\"]\n", agency.toml(&secret));
        let mut config = Config::parse(&toml, std::collections::HashMap::new()).unwrap();
        configure(&mut config);
        let running = world.start_with(|ours| *ours = config).await;
        world.run_ceremony(&running.api).await;
        world.act(&running.api, gateway::staff::Intent::Open).await;
        let desk = token.to_string();
        Self {
            world,
            running,
            agency,
            desk,
        }
    }

    pub(crate) fn api(&self) -> &Api {
        &self.running.api
    }

    pub(crate) async fn json(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.api().url);
        send(self.api().http.post(url).json(body)).await.unwrap()
    }

    pub(crate) async fn as_desk(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}/api/v1/desk/{path}", self.api().url);
        let request = self.api().http.post(url).bearer_auth(&self.desk);
        send(request.json(body)).await.unwrap()
    }

    pub(crate) async fn begin(&self) -> Value {
        let answer = self.json("/api/v1/identity/agency/begin", &json!({})).await;
        assert_eq!(answer.status, 200);
        answer.json()
    }

    pub(crate) async fn finish(&self, begun: &Value, callback: &Value) -> Answer {
        let evidence = json!({ "transaction": begun["transaction"], "callback": callback });
        self.json("/api/v1/identity/agency", &evidence).await
    }

    pub(crate) async fn kiosk_code(&self, session: &str) -> Answer {
        self.as_desk("kiosk-codes", &json!({ "session": session }))
            .await
    }

    /// The session of a fresh code at a kiosk.
    pub(crate) async fn at_kiosk(&self, session: &str) -> String {
        let code = self.kiosk_code(session).await.json()["code"].clone();
        let answer = self
            .json("/api/v1/identity/kiosk", &json!({ "code": code }))
            .await;
        let answer = answer.json();
        assert_eq!(answer["shared"], true);
        answer["session"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn credential(&self, session: &str, seed: u8) -> Answer {
        let key = SecretKey::from_seed(&[seed; 32]).verify_key().to_bytes();
        self.api()
            .post_as(session, "/api/v1/credentials", &key)
            .await
    }
}

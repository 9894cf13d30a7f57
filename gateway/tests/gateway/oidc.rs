//! OpenID Connect against a certified provider: who is believed, and who is not.

use crate::world::oidc::{OpenId, claims, query, with_query};
use crate::world::{Answer, Api, Running, World, send};
use gateway::clock::{Clock, SystemClock};
use gateway::config::Config;
use gateway::identity::desk;
use gateway::server::{Gateway, StartError};
use serde_json::{Value, json};
use std::collections::HashMap;
use voting_core::codec::{Decode, Encode};
use voting_core::credential::Credential;
use voting_core::ids::UnixMillis;
use voting_core::keys::SecretKey;
use voting_core::manifest::{AgeLimit, testing};

/// A world whose clock is the provider's at its start, and which believes the provider.
struct Town {
    world: World,
    running: Running,
    provider: OpenId,
    desk: String,
}

/// A world whose hours began now, as the provider has no clock that can be set.
async fn world() -> World {
    let now = SystemClock.now().get();
    World::create(|document| {
        let hours = &mut document.schedule;
        let opens_at = hours.opens_at.get();
        let shift = |time: &mut UnixMillis| *time = UnixMillis::new(time.get() - opens_at + now);
        shift(&mut hours.closes_at);
        shift(&mut hours.extension_limit);
        shift(&mut hours.objections_until);
        shift(&mut hours.opens_at);
        document.eligibility.age = Some(AgeLimit {
            years: 14,
            on: testing::name("2026-11-01"),
        });
    })
    .await
}

impl Town {
    async fn open() -> Self {
        let world = world().await;
        let provider = tokio::task::spawn_blocking(OpenId::start).await.unwrap();
        let (token, line) = desk::draw("중구").unwrap();
        let secret = world.folder.path().join("oidc.secret");
        let toml = format!("{}[desk]\ndesks = [\"{line}\"]\n", provider.toml(&secret));
        let config = Config::parse(&toml, HashMap::new()).unwrap();
        let running = world.start_with(|ours| *ours = config).await;
        world.run_ceremony(&running.api).await;
        world.act(&running.api, gateway::staff::Intent::Open).await;
        Self {
            world,
            running,
            provider,
            desk: token.to_string(),
        }
    }

    fn api(&self) -> &Api {
        &self.running.api
    }

    async fn json(&self, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.api().url);
        send(self.api().http.post(url).json(body)).await.unwrap()
    }

    async fn begin(&self) -> Value {
        let begun = self.json("/api/v1/identity/oidc/begin", &json!({})).await;
        assert_eq!(
            begun.status,
            200,
            "{}",
            String::from_utf8_lossy(&begun.bytes)
        );
        begun.json()
    }

    async fn finish(&self, begun: &Value, callback: &Value) -> Answer {
        let evidence = json!({ "transaction": begun["transaction"], "callback": callback });
        self.json("/api/v1/identity/oidc", &evidence).await
    }

    /// Begins, logs in, returns: the session's document.
    async fn identify(&self, claims: &Value) -> Answer {
        let begun = self.begin().await;
        let callback = self.login(&begun, claims).await;
        self.finish(&begun, &callback).await
    }

    async fn login(&self, begun: &Value, claims: &Value) -> Value {
        let url = begun["url"].as_str().unwrap();
        self.provider.login(url, claims).await
    }

    async fn refuses(&self, begun: &Value, callback: &Value, why: &str) {
        let answer = self.finish(begun, callback).await;
        assert_eq!(answer.problem(), "identity-refused", "{why}");
    }

    async fn credential(&self, session: &Value, seed: u8) -> Credential {
        let key = SecretKey::from_seed(&[seed; 32]).verify_key().to_bytes();
        let session = session["session"].as_str().unwrap();
        let path = "/api/v1/credentials";
        let credential = self.api().post_as(session, path, &key).await.ok();
        Credential::from_bytes(&credential).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_the_same_by_openid_and_by_a_kiosk_code() {
    let town = Town::open().await;
    let begun = town.begin().await;
    assert_eq!(begun["kind"], "redirect");
    let session = town.identify(&claims("a")).await.json();
    assert_eq!(session["class"], "citizen");
    let first = town.credential(&session, 1).await;

    let code = json!({ "session": session["session"] });
    let url = format!("{}/api/v1/desk/kiosk-codes", town.api().url);
    let request = town
        .api()
        .http
        .post(url)
        .bearer_auth(&town.desk)
        .json(&code);
    let code = send(request).await.unwrap().json()["code"].clone();
    let kiosk = town
        .json("/api/v1/identity/kiosk", &json!({ "code": code }))
        .await;
    let at_kiosk = town.credential(&kiosk.json(), 2).await;
    assert_eq!(at_kiosk.voter.pseudonym, first.voter.pseudonym);

    // Again by OpenID, under another subject: the claim that was configured says who it is.
    let mut changed = claims("a");
    changed["name"] = json!("다른 이름");
    let again = town.identify(&changed).await.json();
    let again = town.credential(&again, 3).await;
    assert_eq!(again.voter.pseudonym, first.voter.pseudonym);
    let other = town.identify(&claims("b")).await.json();
    let other = town.credential(&other, 4).await;
    assert_ne!(other.voter.pseudonym, first.voter.pseudonym);
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_find_people_on_rolls_and_decide_eligibility() {
    let town = Town::open().await;
    let file = town.world.folder.path().join("matched.csv");
    let roll = "class,name,birth_date,mobile\ncommittee,홍길동,19900102,010-1234-5678\n";
    std::fs::write(&file, roll).unwrap();
    let registry = gateway::registry::Registry::open(&town.world.data())
        .await
        .unwrap();
    town.world.import_roll(&registry, &file).await;
    registry.close().await;
    let session = town.identify(&claims("a")).await.json();
    assert_eq!(session["class"], "committee");

    let refusal = async |change: fn(&mut Value)| {
        let mut person = claims("c");
        change(&mut person);
        let answer = town.identify(&person).await;
        (answer.problem(), answer.json()["requirement"].clone())
    };
    let unmet = |requirement: &str| ("not-eligible".to_owned(), json!(requirement));
    assert_eq!(
        refusal(|p| p["birthdate"] = json!("2013-01-01")).await,
        unmet("age")
    );
    assert_eq!(
        refusal(|p| p["birthdate"] = json!(null)).await,
        unmet("age")
    );
    assert_eq!(refusal(|p| p["ties"] = json!([])).await, unmet("tie"));
    assert_eq!(
        refusal(|p| p["ties"] = json!("elsewhere")).await,
        unmet("tie")
    );
    // Without the claim that says who it is there is nobody.
    assert_eq!(
        refusal(|p| p["ci"] = json!(null)).await.0,
        "identity-refused"
    );
    assert_eq!(refusal(|p| p["ci"] = json!("")).await.0, "identity-refused");
    assert_eq!(refusal(|p| p["ci"] = json!(7)).await.0, "identity-refused");
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_serves_its_own_transaction_once() {
    let town = Town::open().await;
    let begun = town.begin().await;
    let callback = town.login(&begun, &claims("a")).await;
    assert_eq!(town.finish(&begun, &callback).await.status, 200);
    town.refuses(&begun, &callback, "the same again").await;

    // A code that was used, in a fresh transaction with its own state.
    let fresh = town.begin().await;
    let mut replayed = callback.clone();
    replayed["state"] = json!(query(&fresh["url"], "state"));
    town.refuses(&fresh, &replayed, "a used code").await;

    // A code of another browser's transaction: its state, and without it its challenge.
    let (mine, theirs) = (town.begin().await, town.begin().await);
    let mut stolen = town.login(&theirs, &claims("b")).await;
    town.refuses(&mine, &stolen, "another's state").await;
    let mine = town.begin().await;
    stolen["state"] = json!(query(&mine["url"], "state"));
    town.refuses(&mine, &stolen, "another's code").await;
    for (field, wrong) in [
        ("state", json!("")),
        ("state", json!(null)),
        ("code", json!("x")),
    ] {
        let begun = town.begin().await;
        let mut callback = town.login(&begun, &claims("b")).await;
        callback[field] = wrong;
        town.refuses(&begun, &callback, field).await;
    }
    let begun = town.begin().await;
    let mut callback = town.login(&begun, &claims("b")).await;
    callback["iss"] = json!(town.provider.issuers[1]);
    town.refuses(&begun, &callback, "another issuer's answer")
        .await;

    // Somebody changed the nonce on the way there.
    let begun = town.begin().await;
    let url = with_query(&begun["url"], "nonce", "another");
    let callback = town.provider.login(&url, &claims("b")).await;
    town.refuses(&begun, &callback, "another nonce").await;

    // A token that is too old when it comes; the transaction is not.
    let begun = town.begin().await;
    let callback = town.login(&begun, &claims("b")).await;
    town.world.at(town.world.clock_now() + 10 * 60_000);
    town.refuses(&begun, &callback, "an expired token").await;
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_tokens_of_the_issuer_for_this_client_are_believed() {
    let town = Town::open().await;
    let swapped = async |of: (usize, &str), change: fn(String) -> String| {
        let begun = town.begin().await;
        let nonce = query(&begun["url"], "nonce");
        let token = town.provider.id_token(of, &nonce, &claims("b")).await;
        let callback = town.login(&begun, &claims("a")).await;
        town.provider.swap(change(token)).await;
        town.finish(&begun, &callback).await
    };
    // That a swapped token is used at all: this client's own, of somebody else.
    assert_eq!(swapped((0, "hanpyo"), |token| token).await.status, 200);
    for (of, why) in [((0, "other"), "audience"), ((1, "hanpyo"), "issuer")] {
        let answer = swapped(of, |token| token).await;
        assert_eq!(answer.problem(), "identity-refused", "{why}");
    }
    let changes: [fn(String) -> String; 3] = [
        // The signature of other bytes, none, and none in name.
        |token| token.replacen(".eyJ", ".eyK", 1),
        |token| token[..=token.rfind('.').unwrap()].to_owned(),
        |token| {
            let payload = token.split('.').nth(1).unwrap();
            format!("eyJhbGciOiJub25lIn0.{payload}.")
        },
    ];
    for change in changes {
        let answer = swapped((0, "hanpyo"), change).await;
        assert!(["identity-refused", "provider-unavailable"].contains(&answer.problem().as_str()));
    }
    town.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_https_complete_and_named_by_one_claim() {
    let world = World::create(|_| ()).await;
    let start = async |toml: &str| {
        let mut options = world.options();
        options.config = Config::parse(toml, HashMap::new()).unwrap();
        Gateway::open(options).await.err()
    };
    let oidc = |issuer: &str, more: &str| {
        let rest = "client_id = \"h\"\nreturn_url = \"https://vote.example.org/\"\n";
        format!("[oidc]\nissuer = \"{issuer}\"\n{rest}{more}")
    };
    let plain = start(&oidc("http://id.example", "")).await;
    assert!(matches!(plain, Some(StartError::Oidc(_))));
    let part = start("[oidc]\nissuer = \"https://id.example\"\n").await;
    assert!(matches!(part, Some(StartError::Oidc(_))));
    std::fs::write(world.folder.path().join("agency.token"), "secret").unwrap();
    let agency = format!(
        "person_claim = \"sub\"\n[agency]\ntoken_url = \"https://agency.example\"\nform_url = \"https://agency.example/form\"\naccess_token_file = \"{}\"\n",
        world.folder.path().join("agency.token").display()
    );
    let two = start(&oidc("https://id.example", &agency)).await;
    assert!(matches!(two, Some(StartError::Namespaces)));

    // One that is not there is said to be so, and the gateway serves everything else.
    let config = Config::parse(&oidc("http://127.0.0.1:9", ""), HashMap::new()).unwrap();
    let running = world.start_with(|ours| *ours = config).await;
    let url = format!("{}/api/v1/identity/oidc/begin", running.api.url);
    let answer = send(running.api.http.post(url)).await.unwrap();
    assert_eq!(answer.problem(), "provider-unavailable");
    running.stop().await;
}

/// A gateway that is started again otherwise would know nobody who has voted.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_are_named_by_stays_for_the_whole_election() {
    let world = World::create(|_| ()).await;
    let secret = world.folder.path().join("agency.token");
    std::fs::write(&secret, "secret").unwrap();
    let agency = format!(
        "[agency]\ntoken_url = \"https://agency.example\"\nform_url = \"https://agency.example/form\"\naccess_token_file = \"{}\"\n",
        secret.display()
    );
    let oidc = |issuer: &str, claim: &str| {
        format!(
            "[oidc]\nissuer = \"https://{issuer}.example\"\nclient_id = \"h\"\n\
             return_url = \"https://vote.example.org/\"\nperson_claim = \"{claim}\"\n"
        )
    };
    let options = |world: &World, toml: &str| {
        let mut options = world.options();
        options.config = Config::parse(toml, HashMap::new()).unwrap();
        options
    };
    let starts = async |world: &World, toml: &str| {
        let config = options(world, toml).config;
        world.start_with(|ours| *ours = config).await.stop().await;
    };
    let refused = async |world: &World, toml: &str| {
        let error = Gateway::open(options(world, toml)).await.err();
        let Some(StartError::Namespace { kept, offered }) = error else {
            panic!("{error:?}");
        };
        (kept, offered)
    };
    // A demonstration names nobody for good.
    starts(&world, "").await;
    starts(&world, &oidc("one", "sub")).await;
    let one = "oidc:https://one.example#sub";
    let others = [
        (oidc("two", "sub"), "oidc:https://two.example#sub"),
        (oidc("one", "uid"), "oidc:https://one.example#uid"),
        (oidc("one", "ci"), "ci"),
        (agency.clone(), "ci"),
    ];
    for (toml, other) in others {
        let expected = (one.to_owned(), other.to_owned());
        assert_eq!(refused(&world, &toml).await, expected);
    }
    starts(&world, "").await;
    starts(&world, &oidc("one", "sub")).await;

    // Whoever names people by their CI is as good as another who does.
    let world = World::create(|_| ()).await;
    starts(&world, &agency).await;
    starts(&world, &oidc("one", "ci")).await;
    starts(&world, &format!("{}{agency}", oidc("two", "ci"))).await;
    assert_eq!(
        refused(&world, &oidc("one", "sub")).await,
        ("ci".to_owned(), one.to_owned())
    );
}

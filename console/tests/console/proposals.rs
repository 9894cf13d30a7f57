//! Founding an election by two signatures.

use crate::drafts::{SHEET, filled};
use crate::world::{Answer, Person, World, base64};
use console::store::Role;
use serde_json::json;
use voting_core::codec::Decode;
use voting_core::keys::SecretKey;
use voting_core::manifest::Manifest;
use voting_core::submission::Submission;

struct Founding {
    world: World,
    people: [Person; 3],
    draft: i64,
    proposal: i64,
}

impl Founding {
    async fn new() -> Self {
        let world = World::new().await;
        let people = [
            world.manager(1).await,
            world.manager(2).await,
            world.manager(3).await,
        ];
        let [one, two, _] = &people;
        let (draft, shown) = filled(&world, one, &[one, two]).await;
        let path = format!("/drafts/{draft}/projects?revision={}", shown["revision"]);
        let shown = world
            .upload("PUT", one, &path, SHEET.as_bytes())
            .await
            .json();
        let made = world
            .post(
                one,
                &format!("/drafts/{draft}/founding"),
                json!({"revision": shown["revision"]}),
            )
            .await;
        let proposal = made.json()["id"].as_i64().unwrap();
        Self {
            world,
            people,
            draft,
            proposal,
        }
    }

    async fn file(&self) -> (Submission, Manifest) {
        let bytes = self
            .world
            .get(
                &self.people[0],
                &format!("/proposals/{}/file", self.proposal),
            )
            .await
            .bytes;
        let submission = Submission::from_bytes(&bytes).unwrap();
        let manifest = Manifest::parse_canonical(submission.document.as_deref().unwrap()).unwrap();
        (submission, manifest)
    }

    async fn sign(&self, person: &Person, key: &SecretKey) -> Answer {
        let (submission, manifest) = self.file().await;
        let signature = submission.entry.proposal.sign(&manifest.election_id(), key);
        let value = json!({"signature": base64(&signature)});
        self.world
            .post(
                person,
                &format!("/proposals/{}/signature", self.proposal),
                value,
            )
            .await
    }

    async fn state(&self) -> String {
        let shown = self
            .world
            .get(&self.people[0], &format!("/proposals/{}", self.proposal))
            .await
            .json();
        shown["state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn two_managers_found_an_election_and_the_file_holds_their_signatures() {
    let founding = Founding::new().await;
    let [one, two, three] = &founding.people;
    assert_eq!(
        founding.sign(three, &three.key).await.kind(),
        "not-in-manifest"
    );
    assert_eq!(
        founding.sign(one, &two.key).await.kind(),
        "signature-invalid"
    );
    let garbage = json!({"signature": "AAAA"});
    let path = format!("/proposals/{}/signature", founding.proposal);
    assert_eq!(
        founding.world.post(one, &path, garbage).await.kind(),
        "signature-invalid"
    );
    assert_eq!(founding.sign(one, &one.key).await.status, 200);
    assert_eq!(founding.state().await, "open");
    assert_eq!(founding.sign(one, &one.key).await.kind(), "already-signed");
    assert_eq!(founding.sign(two, &two.key).await.status, 200);
    assert_eq!(founding.state().await, "signed");
    let (submission, manifest) = founding.file().await;
    let keys: Vec<_> = manifest.staff.members.iter().map(|m| m.key).collect();
    submission
        .entry
        .verify(&manifest.election_id(), &keys, 2)
        .unwrap();
    assert_eq!(founding.sign(two, &two.key).await.kind(), "proposal-closed");
}

#[tokio::test]
async fn a_draft_stands_still_while_its_founding_does() {
    let founding = Founding::new().await;
    let (world, [one, two, _]) = (&founding.world, &founding.people);
    let path = format!("/drafts/{}", founding.draft);
    let shown = world.get(one, &path).await.json();
    let change = json!({"revision": shown["revision"], "content": shown["content"]});
    assert_eq!(
        world.json("PUT", two, &path, change.clone()).await.kind(),
        "draft-fixed"
    );
    let again = json!({"revision": shown["revision"]});
    assert_eq!(
        world
            .post(two, &format!("{path}/founding"), again.clone())
            .await
            .kind(),
        "draft-fixed"
    );
    let withdrawal = format!("/proposals/{}/withdrawal", founding.proposal);
    assert_eq!(world.post(two, &withdrawal, json!({})).await.status, 200);
    assert_eq!(
        world.post(two, &withdrawal, json!({})).await.kind(),
        "proposal-closed"
    );
    assert_eq!(founding.sign(one, &one.key).await.kind(), "proposal-closed");
    assert_eq!(world.json("PUT", two, &path, change).await.status, 200);
}

#[tokio::test]
async fn nothing_of_a_running_election_is_proposed_unless_the_gateway_shows_it() {
    let world = World::new().await;
    let manager = world.manager(1).await;
    let reason = json!({"ko": "점검", "en": "maintenance"});
    for action in [
        json!({"action": "open"}),
        json!({"action": "close"}),
        json!({"action": "pause", "reason": reason}),
    ] {
        assert_eq!(
            world.post(&manager, "/proposals", action).await.kind(),
            "gateway-unreachable"
        );
    }
    for action in [
        json!({"action": "create"}),
        json!({"action": "open", "key": 1}),
        json!({"action": "pause"}),
        json!({}),
    ] {
        assert_eq!(
            world.post(&manager, "/proposals", action).await.kind(),
            "malformed-request"
        );
    }
    assert_eq!(
        world
            .upload("POST", &manager, "/proposals/publish", b"{}")
            .await
            .kind(),
        "gateway-unreachable"
    );
    let observer = world.member(9, Role::Observer).await;
    assert_eq!(world.get(&observer, "/proposals").await.json(), json!([]));
}

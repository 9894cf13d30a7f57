//! Large bodies from whoever cares to send them.

use crate::world::{Api, World, until};
use gateway::staff::{Intent, Signers};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use voting_core::codec::Encode;
use voting_core::manifest::Bilingual;
use voting_core::staff::{Document, Proposal, StaffAction, StaffEntry};
use voting_core::submission::Submission;

const ACTIONS: &str = "/api/v1/staff/actions";

/// Sends a submission but for its last bytes.
async fn begin(api: &Api, submission: &Submission) -> TcpStream {
    let address = api.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let bytes = submission.to_bytes();
    let head = format!(
        "POST {ACTIONS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\n\
         content-length: {}\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&bytes[..bytes.len() - 9]).await.unwrap();
    stream
}

/// What it is told so far; nothing if it is to go on.
async fn told(stream: &mut TcpStream, patience: Duration) -> String {
    let mut answer = vec![0; 4096];
    let read = timeout(patience, stream.read(&mut answer)).await;
    let length = read.map_or(0, Result::unwrap);
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

fn with_document(number: u32) -> (Proposal, Option<Vec<u8>>) {
    let document = vec![7; 200_000];
    let proposal = Proposal {
        number,
        checkpoint: Vec::new(),
        action: StaffAction::SoftwareChanged(Document::of(&document).unwrap()),
    };
    (proposal, Some(document))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_staff_did_not_sign_is_refused_before_its_document_came() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let next = api.client().next_action().await.unwrap();
    let two = Signers::new(&world.manifest, &world.keys.staff[..2]).unwrap();
    let one = Signers::some(&world.manifest, &world.keys.staff[..1]).unwrap();
    let (proposal, document) = with_document(next);
    let (used, _) = with_document(next - 1);
    let long = Duration::from_secs(20);
    for entry in [
        StaffEntry::new(proposal.clone(), Vec::new()),
        one.sign_all(proposal),
        two.sign_all(used),
    ] {
        let document = document.clone();
        let mut stream = begin(api, &Submission { entry, document }).await;
        let answer = told(&mut stream, long).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        assert!(answer.contains("staff-signatures"), "{answer}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn few_documents_are_received_at_once_and_urgent_actions_need_no_place() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let next = api.client().next_action().await.unwrap();
    let two = Signers::new(&world.manifest, &world.keys.staff[..2]).unwrap();
    let (proposal, document) = with_document(next);
    let entry = two.sign_all(proposal);
    let submission = Submission { entry, document };
    let mut slow = Vec::new();
    until("the places are taken", async || {
        let mut next = begin(api, &submission).await;
        let answer = told(&mut next, Duration::from_millis(200)).await;
        slow.push(next);
        answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 2")
    })
    .await;
    assert!(slow.len() > 4, "{}", slow.len());
    world
        .act(api, Intent::Pause(Bilingual::new("점검", "inspection")))
        .await;
    drop(slow);
    let changed = || Intent::SoftwareChanged(b"list".to_vec());
    until("there is a place again", async || {
        world.try_act(api, changed()).await.status == 200
    })
    .await;
    running.stop().await;
}

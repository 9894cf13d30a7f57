//! How many ballots a store commits in a second, in groups of 64 with everything a ballot writes.
//!
//! ```text
//! cargo run --release -p gateway --example store_throughput -- sqlite [GROUPS] [BYTES]
//! cargo run --release -p gateway --example store_throughput -- postgres://owner@host/db [GROUPS] [BYTES]
//! ```
//!
//! The database must be new. The network, the proofs and the audit are not in it.

use anyhow::Context;
use gateway::store::postgres::{Lease, PostgresOptions};
use gateway::store::{Group, PostgresStore, Store, StoredCheckpoint, StoredEntry, StoredReceipt};
use std::time::Duration;
use voting_core::ids::{DocumentHash, ElectionId, LeafIndex, LogHash, Pseudonym, UnixMillis};
use voting_core::log::tree::{Frontier, TreeSize, leaf_hash};
use voting_core::tracking::TrackingCode;

/// Ballots of a commit, as many as the gateway takes at most.
const ROWS: u64 = 64;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let place = arguments.next().context("sqlite or a database's URL")?;
    let groups = arguments.next().map_or(Ok(200), |text| text.parse())?;
    let bytes = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let (store, epoch) = match &*place {
        "sqlite" => (Store::create(folder.path()).await?, 0),
        url => postgres(url).await?,
    };
    let mut tree = Frontier::new();
    let mut first = group(&mut tree, epoch, 1, bytes);
    first.election = Some((ElectionId::new([1; 32]), DocumentHash::of(b"")));
    first.documents.insert(DocumentHash::of(b""), Vec::new());
    store.commit(&first).await?;
    let prepared: Vec<_> = (0..groups)
        .map(|_| group(&mut tree, epoch, ROWS, bytes))
        .collect();
    #[allow(clippy::disallowed_methods, reason = "a measurement")]
    let start = std::time::Instant::now();
    for group in &prepared {
        store.commit(group).await?;
    }
    let took = start.elapsed();
    let rows = u128::from(groups * ROWS);
    println!(
        "{rows} ballots of {bytes} bytes in {} ms: {} a second, {} us a group",
        took.as_millis(),
        rows * 1_000_000 / took.as_micros(),
        took.as_micros() / u128::from(groups),
    );
    store.close().await;
    Ok(())
}

async fn postgres(url: &str) -> anyhow::Result<(Store, u64)> {
    let options = PostgresOptions::new([url])?;
    PostgresStore::migrate(&options).await?;
    let store = PostgresStore::open(&options).await?;
    let lease = Lease::new(
        store.clone(),
        "bench".into(),
        "".into(),
        Duration::from_secs(60),
    );
    let seen = lease.read().await?;
    let epoch = lease.take(&seen).await?.context("the term is another's")?;
    Ok((Store::new(store), epoch))
}

/// What `rows` ballots of as many people write, with bytes that do not compress.
fn group(tree: &mut Frontier, epoch: u64, rows: u64, bytes: usize) -> Group {
    let base = tree.size().get();
    let mut group = Group::new(base, epoch);
    for n in base..base + rows {
        let mut content = Vec::with_capacity(bytes);
        let mut block = TrackingCode::of(&n.to_be_bytes());
        while content.len() < bytes {
            content.extend_from_slice(block.as_bytes());
            block = TrackingCode::of(block.as_bytes());
        }
        content.truncate(bytes);
        let (code, person) = (
            TrackingCode::of(&content),
            Pseudonym::new(*block.as_bytes()),
        );
        let mut nodes = Vec::new();
        tree.append_with(leaf_hash(&content), |node, hash| nodes.push((node, hash)));
        let (index, time) = (LeafIndex::new(n), UnixMillis::new(n));
        let receipt = StoredReceipt {
            index,
            code: *code.as_bytes(),
            receipt: vec![7; 250],
        };
        group.append(
            StoredEntry {
                index,
                time,
                bytes: content,
            },
            4,
            nodes,
        );
        group.cast(person, (code, receipt), None);
    }
    let size = TreeSize::new(base + rows);
    group.checkpoint = Some(StoredCheckpoint {
        size,
        root: LogHash::new(*tree.root().as_bytes()),
        note: format!("note {size:?}"),
    });
    group
}

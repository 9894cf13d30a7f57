//! Writes the log of a made-up, published election of any size into a folder: what verifying takes,
//! in time and memory, can be measured on it.
//!
//! ```text
//! cargo run --release -p observer --example made_up -- FOLDER BALLOTS [OPTIONS MAX]
//! /usr/bin/time -v target/release/observer verify FOLDER
//! ```

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a tool for measurements: whatever fails ends it"
)]

use observer::outcome::{Supplement, result};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::path::Path;
use voting_core::audit::testing::TestElection;
use voting_core::ids::DocumentHash;
use voting_core::log::tile::TileBuilder;
use voting_core::log::tree::leaf_hash;
use voting_core::manifest::testing;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (folder, numbers) = args
        .split_first()
        .expect("usage: FOLDER BALLOTS [OPTIONS MAX]");
    let numbers: Vec<u32> = numbers.iter().map(|n| n.parse().unwrap()).collect();
    let (ballots, options, max) = match numbers[..] {
        [ballots] => (ballots, 100, 10),
        [ballots, options, max] => (ballots, options, max),
        _ => panic!("usage: FOLDER BALLOTS [OPTIONS MAX]"),
    };
    // One second an entry: more would not end before the close.
    let people = u16::try_from(ballots).expect("at most 65535 ballots");
    let manifest = testing::manifest(options as usize, max);
    let mut election = TestElection::open(manifest, ChaCha20Rng::from_seed([7; 32]));
    for person in 0..people {
        let voter = election.register(person, person % 2);
        let chosen: Vec<u32> = (0..max)
            .map(|k| (u32::from(person) * 7 + k * 3) % options)
            .collect();
        let mut distinct = chosen.clone();
        distinct.sort_unstable();
        distinct.dedup();
        election.cast(&voter, &distinct);
    }
    election.close();
    election.decrypt();
    let document = result(&election.state, &Supplement::default()).unwrap();
    let document = document.to_canonical().unwrap();
    election.publish(&document);
    let manifest = election.state.manifest().to_canonical();
    let checkpoint = election.checkpoint();
    write(
        Path::new(folder),
        &election.entries,
        &[manifest, document],
        &checkpoint,
    );
}

fn write(folder: &Path, entries: &[Vec<u8>], documents: &[Vec<u8>], checkpoint: &[u8]) {
    let put = |path: String, bytes: &[u8]| {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    };
    let mut tiles = TileBuilder::new();
    for entry in entries {
        tiles.append(leaf_hash(entry), |path, tile| {
            put(path.to_string(), &tile.to_bytes())
        });
    }
    for (path, tile) in tiles.partial_tiles() {
        put(path.to_string(), &tile.to_bytes());
    }
    for (n, chunk) in entries.chunks(256).enumerate() {
        let bytes = chunk.iter().flat_map(|entry| {
            let length = u16::try_from(entry.len()).unwrap().to_be_bytes();
            length.into_iter().chain(entry.iter().copied())
        });
        let path = voting_core::log::tile::TilePath::in_tree(
            voting_core::log::tile::TileKind::Entries,
            n as u64,
            tiles.size(),
        );
        put(path.unwrap().to_string(), &bytes.collect::<Vec<u8>>());
    }
    for document in documents {
        put(
            format!("documents/{}", DocumentHash::of(document)),
            document,
        );
    }
    put("checkpoint".to_owned(), checkpoint);
}

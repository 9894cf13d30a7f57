//! Paths as the specification writes them, tiles against the naive tree, tampering, an oracle.

use super::*;
use crate::ids::LeafIndex;
use crate::log::tree::tests::{counted, mth};
use crate::log::tree::{ConsistencyProof, InclusionProof, TreeSize, leaf_hash, root};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;

fn size(n: u64) -> TreeSize {
    TreeSize::new(n)
}

fn hashes_at(level: u8, index: u64, width: u16) -> TilePath {
    let kind = TileKind::Hashes(TileLevel::new(level).unwrap());
    TilePath::new(kind, index, TileWidth::new(width).unwrap())
}

#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("not found")]
struct NotFound;

/// A mirror's tiles, of which it gives one at least as wide as asked for; counts what is read.
#[derive(Default)]
struct Mirror(BTreeMap<TilePath, Tile>, Cell<usize>);

impl TileReader for Mirror {
    type Error = NotFound;

    fn tile(&self, path: TilePath) -> Result<Tile, NotFound> {
        self.1.set(self.1.get() + 1);
        let wide_enough = self.0.range(path..=path.full()).next();
        wide_enough.map(|(_, tile)| tile.clone()).ok_or(NotFound)
    }
}

/// All tiles of the tree of these leaves.
fn mirror(leaves: &[LogHash]) -> (Mirror, TileBuilder) {
    let (mut mirror, mut builder) = (Mirror::default(), TileBuilder::new());
    for leaf in leaves {
        builder.append(*leaf, |path, tile| {
            mirror.0.insert(path, tile);
        });
    }
    mirror.0.extend(builder.partial_tiles());
    (mirror, builder)
}

#[test]
fn paths_are_those_of_the_specification() {
    let paths = [
        (hashes_at(0, 0, 256), "tile/0/000"),
        (hashes_at(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes_at(1, 999, 17), "tile/1/999.p/17"),
        (hashes_at(2, 1000, 1), "tile/2/x001/000.p/1"),
        (
            hashes_at(63, u64::MAX, 255),
            "tile/63/x018/x446/x744/x073/x709/x551/615.p/255",
        ),
        (
            TilePath::new(TileKind::Entries, 273, TileWidth::new(112).unwrap()),
            "tile/entries/273.p/112",
        ),
    ];
    for (path, text) in paths {
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse(), Ok(path));
    }
}

#[test]
fn other_ways_to_write_a_path_are_refused() {
    let wrong = [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/64/000",
        "tile/00/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/256/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/000/001",
        "tile/0/x001/x000",
        "tile/0/xx01/000",
        "tile/0/001x/000",
        "tile/0/x1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
        "tile/data/000",
        "tile/Entries/000",
        "tile/8/0/000",
        "tile/0/\u{0661}23",
        "tile/0/ 00",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x018/x446/x744/x073/x709/x551/615",
        "tile/0/../000",
        "tile/0/x001/../000",
        "tile/0/000\n",
        "tile/0/000?",
    ];
    for text in wrong {
        assert_eq!(text.parse::<TilePath>(), Err(ParsePathError), "{text}");
    }
    assert_eq!(
        "tile/0/000".repeat(10_000).parse::<TilePath>(),
        Err(ParsePathError)
    );
}

#[test]
fn a_tree_of_70000_has_the_tiles_the_specification_counts() {
    let tiles: Vec<_> = new_tiles(size(0), size(70_000)).collect();
    let full = |level| {
        let of_level = tiles
            .iter()
            .filter(|path| path.kind().level().get() == level);
        of_level.filter(|path| path.width().is_full()).count()
    };
    let partial: Vec<_> = tiles
        .iter()
        .filter(|path| !path.width().is_full())
        .collect();
    assert_eq!((full(0), full(1), full(2), tiles.len()), (273, 1, 0, 277));
    let edge = [
        hashes_at(0, 273, 112),
        hashes_at(1, 1, 17),
        hashes_at(2, 0, 1),
    ];
    assert_eq!(partial, edge.iter().collect::<Vec<_>>());
    assert_eq!(new_entry_bundles(size(0), size(70_000)).count(), 274);
    let of_256: Vec<_> = new_tiles(size(0), size(256)).collect();
    assert_eq!(of_256, [hashes_at(0, 0, 256), hashes_at(1, 0, 1)]);
    assert_eq!(new_tiles(size(0), size(0)).count(), 0);
    assert_eq!(new_tiles(size(300), size(300)).count(), 0);
    assert_eq!(new_tiles(size(300), size(200)).count(), 0);
}

#[test]
fn a_tree_has_the_tiles_of_its_former_states_and_no_others() {
    let n = size(70_000);
    for (path, has) in [
        (hashes_at(0, 272, 256), true),
        (hashes_at(0, 272, 3), true),
        (hashes_at(0, 273, 112), true),
        (hashes_at(0, 273, 113), false),
        (hashes_at(0, 274, 1), false),
        (hashes_at(2, 0, 1), true),
        (hashes_at(2, 0, 2), false),
        (hashes_at(3, 0, 1), false),
        (hashes_at(63, 0, 1), false),
        (hashes_at(0, u64::MAX, 1), false),
    ] {
        assert_eq!(path.is_in(n), has, "{path}");
    }
}

#[test]
fn built_tiles_hold_the_hashes_the_specification_says() {
    let (frontier, nodes, leaves) = counted(66_000);
    let (mirror, builder) = mirror(&leaves);
    assert_eq!(builder.root(), frontier.root());
    let paths: Vec<_> = new_tiles(size(0), size(66_000)).collect();
    assert_eq!(mirror.0.keys().copied().collect::<Vec<_>>(), {
        let mut sorted = paths.clone();
        sorted.sort();
        sorted
    });
    for path in paths {
        assert_eq!(mirror.0[&path], Tile::read(path, &nodes).unwrap());
    }
    let tile = &mirror.0[&hashes_at(1, 0, 256)];
    assert_eq!(tile.hashes()[3], mth(&leaves[3 * 256..4 * 256]));
    assert_eq!(tile.root(), mth(&leaves[..65_536]));
    assert_eq!(mirror.0[&hashes_at(2, 0, 1)].hashes(), [tile.root()]);
}

#[test]
fn every_size_up_to_700_can_be_resumed_verified_and_proved_from() {
    let (_, _, leaves) = counted(701);
    for n in 0..=700usize {
        let (mirror, builder) = mirror(&leaves[..n]);
        let (n64, tree_root) = (size(n as u64), mth(&leaves[..n]));
        let verified = VerifiedTiles::open(&mirror, n64, tree_root).unwrap();
        assert_eq!(*verified.edge(), builder);
        let mut resumed = TileBuilder::resume(&mirror, n64).unwrap();
        resumed.append(leaves[n], |_, _| ());
        assert_eq!(resumed.root(), mth(&leaves[..=n]));
        let hashes = TileHashes::new(verified, n64);
        assert_eq!(root(&hashes, n64).unwrap(), tree_root);
        if n % 89 == 1 {
            for m in (0..n).step_by(7) {
                let index = LeafIndex::new(m as u64);
                let proof = InclusionProof::prove(&hashes, index, n64).unwrap();
                proof.verify(leaves[m], index, n64, tree_root).unwrap();
                let old = size(m as u64);
                let proof = ConsistencyProof::prove(&hashes, old, n64).unwrap();
                proof
                    .verify(old, mth(&leaves[..m]), n64, tree_root)
                    .unwrap();
            }
        }
    }
}

#[test]
fn any_changed_hash_of_any_tile_is_caught() {
    let (_, _, leaves) = counted(66_000);
    let (mut mirror, builder) = mirror(&leaves);
    let (n, tree_root) = (builder.size(), builder.root());
    for path in [
        hashes_at(0, 0, 256),
        hashes_at(0, 255, 256),
        hashes_at(0, 256, 256),
        hashes_at(0, 257, 208),
        hashes_at(1, 0, 256),
        hashes_at(1, 1, 1),
        hashes_at(2, 0, 1),
    ] {
        let good = mirror.0[&path].clone();
        let mut hashes = good.hashes().to_vec();
        let last = hashes.len() - 1;
        hashes[last] = leaves[0];
        mirror.0.insert(path, Tile::new(hashes).unwrap());
        let tiles = VerifiedTiles::open(&mirror, n, tree_root);
        match path.width().is_full() {
            true => assert_eq!(tiles.unwrap().tile(path), Err(TileError::Mismatch(path))),
            false => assert_eq!(tiles.err(), Some(TileError::Edge(n))),
        }
        mirror.0.insert(path, good);
    }
    let tiles = VerifiedTiles::open(&mirror, n, tree_root).unwrap();
    for path in new_tiles(size(0), n) {
        assert_eq!(tiles.tile(path).unwrap(), mirror.0[&path]);
    }
    assert_eq!(
        VerifiedTiles::open(&mirror, n, leaves[0]).err(),
        Some(TileError::Edge(n))
    );
}

#[test]
fn reading_in_order_checks_every_tile_once() {
    let (_, _, leaves) = counted(66_000);
    let (mirror, builder) = mirror(&leaves);
    let tiles = VerifiedTiles::open(&mirror, builder.size(), builder.root()).unwrap();
    let reads = mirror.1.get();
    for path in new_tiles(size(0), builder.size()).filter(|path| path.kind().level().get() == 0) {
        tiles.tile(path).unwrap();
    }
    // 257 full tiles of level 0 and the one full tile of level 1 above them.
    assert_eq!(mirror.1.get() - reads, 258);
}

#[test]
fn a_full_tile_stands_in_for_a_deleted_partial_one() {
    let (_, _, leaves) = counted(600);
    let (mirror, _) = mirror(&leaves);
    let former = VerifiedTiles::open(&mirror, size(400), mth(&leaves[..400])).unwrap();
    let partial = former.tile(hashes_at(0, 1, 144)).unwrap();
    assert_eq!(partial.hashes(), &leaves[256..400]);
    let narrower = former.tile(hashes_at(0, 0, 5)).unwrap();
    assert_eq!(narrower.hashes(), &leaves[..5]);
}

#[test]
fn missing_narrow_and_foreign_tiles_are_typed_errors() {
    let (_, _, leaves) = counted(600);
    let (mut mirror, builder) = mirror(&leaves);
    let (n, tree_root) = (builder.size(), builder.root());
    let tiles = VerifiedTiles::open(&mirror, n, tree_root).unwrap();
    let beyond = hashes_at(0, 2, 89);
    assert_eq!(tiles.tile(beyond), Err(TileError::NoSuchTile(beyond)));
    let entries = TilePath::new(TileKind::Entries, 0, TileWidth::FULL);
    assert_eq!(tiles.tile(entries), Err(TileError::NoSuchTile(entries)));
    assert_eq!(Tile::read(entries, &TileHashes::new(&mirror, n)).err(), {
        Some(TileError::NoSuchTile(entries))
    });
    let node = NodeId::new(3, 75);
    let error = TileHashes::new(&mirror, n).hash(node).unwrap_err();
    assert_eq!(error, TileError::NoSuchNode(node));
    let path = hashes_at(0, 2, 88);
    let narrow = mirror.0[&path]
        .clone()
        .narrowed(TileWidth::new(87).unwrap())
        .unwrap();
    mirror.0.insert(path, narrow);
    let error = VerifiedTiles::open(&mirror, n, tree_root).err();
    assert_eq!(
        error,
        Some(TileError::Narrow(BadTile {
            found: 87,
            expected: 88
        }))
    );
    mirror.0.remove(&path);
    let error = VerifiedTiles::open(&mirror, n, tree_root).err();
    assert_eq!(
        error,
        Some(TileError::Read {
            path,
            source: NotFound
        })
    );
}

#[test]
fn tile_bytes_are_exact() {
    let (_, _, leaves) = counted(3);
    let tile = Tile::new(leaves).unwrap();
    let bytes = tile.to_bytes();
    let width = |w| TileWidth::new(w).unwrap();
    assert_eq!(Tile::from_bytes(&bytes, width(3)), Ok(tile));
    assert_eq!(
        Tile::from_bytes(&bytes, width(4)),
        Err(BadTile {
            found: 96,
            expected: 128
        })
    );
    assert!(Tile::from_bytes(&bytes[..95], width(3)).is_err());
    assert!(Tile::from_bytes(&bytes, width(2)).is_err());
    assert!(Tile::new(vec![]).is_err());
    assert!(Tile::new(vec![leaf_hash(b""); 257]).is_err());
}

#[test]
fn bundles_hold_what_their_tile_hashes() {
    let (_, _, leaves) = counted(3);
    let tile = Tile::new(leaves).unwrap();
    let bundle = EntryBundle::new(vec![b"0", b"1", b"2"]).unwrap();
    let bytes = bundle.to_bytes();
    assert_eq!(bytes, b"\0\x010\0\x011\0\x012");
    assert_eq!(
        EntryBundle::decode(&bytes, tile.width()),
        Ok(bundle.clone())
    );
    assert_eq!(bundle.verify(&tile), Ok(()));
    let swapped = EntryBundle::new(vec![b"0", b"2", b"1"]).unwrap();
    assert_eq!(
        swapped.verify(&tile),
        Err(BundleError::Mismatch { position: 1 })
    );
    let short = EntryBundle::new(vec![b"0", b"1"]).unwrap();
    assert_eq!(
        short.verify(&tile),
        Err(BundleError::Width {
            found: 2,
            expected: 3
        })
    );
    let width = |w| TileWidth::new(w).unwrap();
    let trailing = Err(BundleError::Decode(crate::codec::DecodeError::Trailing(3)));
    assert_eq!(EntryBundle::decode(&bytes, width(2)), trailing);
    let truncated = crate::codec::DecodeError::Truncated("entry");
    let decoded = EntryBundle::decode(&bytes[..8], width(3));
    assert_eq!(decoded, Err(BundleError::Decode(truncated)));
}

#[test]
fn bundles_are_bounded() {
    let longest = vec![7; MAX_ENTRY_BYTES];
    let bundle = EntryBundle::new(vec![&longest, b""]).unwrap();
    let bytes = bundle.to_bytes();
    assert_eq!(bytes.len(), 2 + MAX_ENTRY_BYTES + 2);
    assert_eq!(
        EntryBundle::decode(&bytes, TileWidth::new(2).unwrap()),
        Ok(bundle)
    );
    let longer = vec![7; MAX_ENTRY_BYTES + 1];
    let error = EntryBundle::new(vec![b"", &longer]).unwrap_err();
    assert_eq!(
        error,
        BundleError::TooLong {
            position: 1,
            length: 65_536
        }
    );
    assert!(EntryBundle::new(vec![]).is_err());
    assert!(EntryBundle::new(vec![b""; 257]).is_err());
}

/// What tlog_tiles needs of a log, from our hashes.
struct Oracle<'a>(&'a crate::log::tree::NodeMap);

impl tlog_tiles::tlog::HashReader for Oracle<'_> {
    fn read_hashes(
        &self,
        indexes: &[u64],
    ) -> Result<Vec<tlog_tiles::tlog::Hash>, tlog_tiles::tlog::Error> {
        let hash = |&index: &u64| {
            let (level, n) = tlog_tiles::tlog::split_stored_hash_index(index);
            tlog_tiles::tlog::Hash(*self.0.hash(NodeId::new(level, n)).unwrap().as_bytes())
        };
        Ok(indexes.iter().map(hash).collect())
    }
}

#[test]
fn agrees_with_tlog_tiles() {
    let (frontier, nodes, _) = counted(66_000);
    let oracle = Oracle(&nodes);
    let theirs = tlog_tiles::tlog::tree_hash(66_000, &oracle).unwrap();
    assert_eq!(theirs.0, *frontier.root().as_bytes());
    for (old, new) in [
        (0, 1),
        (0, 66_000),
        (1, 255),
        (255, 257),
        (65_535, 65_536),
        (300, 66_000),
    ] {
        let theirs = tlog_tiles::tile::Tile::new_tiles(8, old, new);
        let ours: Vec<_> = new_tiles(size(old), size(new)).collect();
        assert_eq!(theirs.len(), ours.len(), "{old} to {new}");
        for (theirs, ours) in theirs.iter().zip(ours) {
            let path = hashes_at(theirs.level(), theirs.level_index(), theirs.width() as u16);
            assert_eq!(path, ours);
            let bytes = theirs.read_data(&oracle).unwrap();
            assert_eq!(Tile::read(ours, &nodes).unwrap().to_bytes(), bytes);
        }
    }
}

proptest! {
    #[test]
    fn paths_come_back(level in 0u8..64, index: u64, width in 1u16..=256, entries: bool) {
        let path = match entries {
            true => TilePath::new(TileKind::Entries, index, TileWidth::new(width).unwrap()),
            false => hashes_at(level, index, width),
        };
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn garbage_is_refused_without_panic(
        text in "(tile/)?[0-9a-z./+]{0,60}", bytes in vec(any::<u8>(), 0..600), width in 1u16..=256,
        level in 0u8..64, index: u64, n: u64, node: (u8, u64),
    ) {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
        let width = TileWidth::new(width).unwrap();
        let _ = Tile::from_bytes(&bytes, width);
        if let Ok(bundle) = EntryBundle::decode(&bytes, width) {
            prop_assert_eq!(bundle.to_bytes(), bytes);
        }
        let path = hashes_at(level, index, width.get() as u16);
        let _ = (path.is_in(size(n)), path.parent(size(n)), path.nodes().count());
        let hashes = TileHashes::new(Mirror::default(), size(n));
        let _ = hashes.hash(NodeId::new(node.0, node.1));
        let _ = TileBuilder::resume(&Mirror::default(), size(n)).is_ok();
    }

    #[test]
    fn growing_in_steps_makes_every_tile(steps in vec(0u64..700, 1..6)) {
        let (mut n, mut made) = (0, std::collections::BTreeSet::new());
        for step in steps {
            made.extend(new_tiles(size(n), size(n + step)));
            n += step;
        }
        prop_assert!(new_tiles(size(0), size(n)).all(|path| made.contains(&path)));
        prop_assert!(made.iter().all(|path| path.is_in(size(n))));
    }
}

//! The board: C2SP paths, caching, proofs, and the exported folder.

use crate::world::{Running, World};
use gateway::board::export;
use gateway::store::Store;
use voting_core::ids::LeafIndex;
use voting_core::log::checkpoint::{LogPolicy, Origin, Quorum};
use voting_core::log::proof::TlogProof;
use voting_core::log::tile::{EntryBundle, Tile, TilePath, new_entry_bundles, new_tiles};
use voting_core::log::tree::TreeSize;

/// A log of more than 256 entries: credentials are quickest to make.
async fn long_log() -> (World, Running) {
    let (world, running) = World::open(|_| ()).await;
    let parameters = world.parameters(&running.api).await;
    let issue = |n: usize| {
        let (world, api, parameters) = (&world, &running.api, parameters.clone());
        async move {
            world
                .voter_with(api, &format!("person {n}"), parameters)
                .await
        }
    };
    for start in (0..260).step_by(20) {
        let people: Vec<_> = (start..start + 20).map(issue).collect();
        for person in people {
            person.await;
        }
    }
    (world, running)
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_are_those_of_the_checkpoint() {
    let (world, running) = long_log().await;
    let api = &running.api;
    let (_, checkpoint) = api.client().checkpoint(&world.manifest).await.unwrap();
    let size = checkpoint.size();
    assert!(size.get() > 256);
    for path in new_tiles(TreeSize::new(0), size) {
        let answer = api.get(&format!("/log/{path}")).await;
        let caching = answer.headers["cache-control"].to_str().unwrap().to_owned();
        assert_eq!(
            caching.contains("immutable"),
            path.width().is_full(),
            "{path}"
        );
        let tile = Tile::from_bytes(&answer.ok(), path.width()).unwrap();
        if path.to_string() == "tile/0/000" {
            let bundle = api.get("/log/tile/entries/000").await.ok();
            let bundle = EntryBundle::decode(&bundle, path.width()).unwrap();
            assert_eq!(bundle.verify(&tile), Ok(()));
        }
    }
    // Tiles of former sizes stay; tiles beyond the log do not exist.
    api.get("/log/tile/0/000.p/17").await.ok();
    for path in [
        "tile/0/001.p/255",
        "tile/0/002",
        "tile/2/000.p/1",
        "tile/entries/001",
        "tile/8/0/000",
        "tile/0/0",
        "tile/0/000.p/256",
        "tile/0/x018/x446/x744/x073/x709/x551/615",
        "documents/00",
        "proof/01",
        "proof/100000",
        "proof/x",
        "checkpoint/",
    ] {
        assert_eq!(
            api.get(&format!("/log/{path}")).await.problem(),
            "not-found",
            "{path}"
        );
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_have_a_file_are_told_so() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    let first = api.get("/log/checkpoint").await;
    assert_eq!(first.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(
        first.headers["cache-control"],
        "public, max-age=1, must-revalidate"
    );
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    let again = || {
        let request = api.http.get(format!("{}/log/checkpoint", api.url));
        let request = request.header("if-none-match", tag.clone());
        async move { crate::world::send(request).await.unwrap() }
    };
    assert_eq!(again().await.status, 304);
    world.voter(api, "a").await;
    assert_eq!(again().await.status, 200);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_has_a_proof_that_checks_offline() {
    let (world, running) = World::open(|_| ()).await;
    let api = &running.api;
    world.voter(api, "a").await.vote(api, &[0]).await;
    let (_, checkpoint) = api.client().checkpoint(&world.manifest).await.unwrap();
    let entries = api.client().entries(checkpoint.size()).await.unwrap();
    let origin = Origin::new(world.manifest.origin.as_str()).unwrap();
    let key = world.keys.log.verify_key();
    let policy = LogPolicy::new(origin, key, Quorum::none()).unwrap();
    for (index, entry) in (0..).zip(&entries) {
        let text = api.get(&format!("/log/proof/{index}")).await.ok();
        let proof = TlogProof::parse(&text).unwrap();
        assert_eq!(proof.index(), LeafIndex::new(index));
        assert_eq!(proof.extra(), entry, "the file alone can be checked");
        proof.verify(entry, &policy).unwrap();
        assert!(proof.verify(b"another entry", &policy).is_err());
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exported_folder_is_what_the_board_serves() {
    let (world, running) = long_log().await;
    let out = world.folder.path().join("export");
    let store = Store::open(&world.data()).await.unwrap();
    let size = export(&store, &out).await.unwrap();
    store.close().await;
    let none = TreeSize::new(0);
    let tiles = new_tiles(none, size).chain(new_entry_bundles(none, size));
    let mut paths: Vec<String> = tiles.map(|path: TilePath| path.to_string()).collect();
    paths.push("checkpoint".into());
    for document in std::fs::read_dir(out.join("documents")).unwrap() {
        let name = document.unwrap().file_name().into_string().unwrap();
        paths.push(format!("documents/{name}"));
    }
    for path in paths {
        let served = running.api.get(&format!("/log/{path}")).await.ok();
        assert_eq!(std::fs::read(out.join(&path)).unwrap(), served, "{path}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_is_compressed_for_whoever_takes_it_and_the_same_for_all() {
    let world = World::create(|_| ()).await;
    let running = world.start().await;
    let get = async |accepted: &'static str| {
        let url = format!("{}/api/v1/manifest", running.api.url);
        let request = running
            .api
            .http
            .get(url)
            .header("accept-encoding", accepted);
        crate::world::send(request).await.unwrap()
    };
    let (plain, gzip) = (get("br").await, get("gzip, br").await);
    assert_eq!(plain.bytes, world.manifest.canonical());
    assert_eq!(gzip.headers["content-encoding"], "gzip");
    assert!(!plain.headers.contains_key("content-encoding"));
    assert!(gzip.bytes.len() < plain.bytes.len());
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(gzip.bytes.as_slice());
    std::io::Read::read_to_end(&mut decoder, &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.bytes);
    // A cache that holds one of them never hands it to who asked for the other.
    assert_ne!(plain.headers["etag"], gzip.headers["etag"]);
    for answer in [&plain, &gzip] {
        assert_eq!(answer.headers["vary"], "accept-encoding");
    }
    assert_eq!(get("gzip;q=0").await.bytes, plain.bytes);
    running.stop().await;
}

//! Known vectors, the naive recursion of RFC 6962, and two other implementations.

use super::*;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use data_encoding::HEXLOWER;
use proptest::collection::vec;
use proptest::prelude::*;

/// The eight entries of Certificate Transparency's own tests.
const ENTRIES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
/// The roots over their first 1, 2, ... 8.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// A tree of the entries 0, 1, ... as decimal text.
pub(crate) fn counted(size: u64) -> (Frontier, NodeMap, Vec<LogHash>) {
    let leaves: Vec<_> = (0..size)
        .map(|i| leaf_hash(i.to_string().as_bytes()))
        .collect();
    let (frontier, nodes) = grown(&leaves);
    (frontier, nodes, leaves)
}

pub(crate) fn grown(leaves: &[LogHash]) -> (Frontier, NodeMap) {
    let mut nodes = NodeMap::new();
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.append_with(*leaf, |node, hash| nodes.insert(node, hash));
    }
    (frontier, nodes)
}

/// `MTH` word for word.
pub(crate) fn mth(leaves: &[LogHash]) -> LogHash {
    match leaves {
        [] => LogHash::new(Sha256::digest([]).into()),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&mth(left), &mth(right))
        }
    }
}

fn split(n: usize) -> usize {
    (1..)
        .map(|i| 1 << i)
        .find(|k| 2 * k >= n)
        .filter(|_| n > 2)
        .unwrap_or(1)
}

/// `PATH` word for word.
fn path(m: usize, leaves: &[LogHash]) -> Vec<LogHash> {
    if leaves.len() < 2 {
        return vec![];
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut inner, outer) = match m.checked_sub(left.len()) {
        None => (path(m, left), mth(right)),
        Some(m) => (path(m, right), mth(left)),
    };
    inner.push(outer);
    inner
}

/// `SUBPROOF` word for word.
fn naive_subproof(m: usize, leaves: &[LogHash], whole: bool) -> Vec<LogHash> {
    if m == leaves.len() {
        return if whole { vec![] } else { vec![mth(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut inner, outer) = if m <= left.len() {
        (naive_subproof(m, left, whole), mth(right))
    } else {
        (naive_subproof(m - left.len(), right, false), mth(left))
    };
    inner.push(outer);
    inner
}

fn hex(text: &str) -> LogHash {
    text.parse().unwrap()
}

fn size(n: usize) -> TreeSize {
    TreeSize::new(n as u64)
}

fn index(i: usize) -> LeafIndex {
    LeafIndex::new(i as u64)
}

fn ct_leaves() -> Vec<LogHash> {
    let bytes = |entry: &&str| HEXLOWER.decode(entry.as_bytes()).unwrap();
    ENTRIES
        .iter()
        .map(|entry| leaf_hash(&bytes(entry)))
        .collect()
}

#[test]
fn known_roots() {
    let (mut frontier, leaves) = (Frontier::new(), ct_leaves());
    assert_eq!(frontier.root(), EMPTY_ROOT);
    assert_eq!(mth(&[]), EMPTY_ROOT);
    for (leaf, root) in leaves.iter().zip(ROOTS) {
        frontier.append(*leaf);
        assert_eq!(frontier.root(), hex(root));
    }
}

#[test]
fn known_proofs() {
    let (_, nodes) = grown(&ct_leaves());
    let inclusion = InclusionProof::prove(&nodes, index(5), size(8)).unwrap();
    let expected = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        ROOTS[3],
    ];
    assert_eq!(inclusion.hashes(), expected.map(hex));
    let consistency = ConsistencyProof::prove(&nodes, size(6), size(8)).unwrap();
    let first = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    assert_eq!(
        consistency.hashes(),
        [first, expected[1], ROOTS[3]].map(hex)
    );
    consistency
        .verify(size(6), hex(ROOTS[5]), size(8), hex(ROOTS[7]))
        .unwrap();
}

#[test]
fn every_proof_up_to_70_entries_is_the_naive_one_and_verifies() {
    let (_, nodes, leaves) = counted(70);
    for n in 0..=leaves.len() {
        let new_root = mth(&leaves[..n]);
        assert_eq!(root(&nodes, size(n)).unwrap(), new_root);
        for m in 0..n {
            let proof = InclusionProof::prove(&nodes, index(m), size(n)).unwrap();
            assert_eq!(proof.hashes(), path(m, &leaves[..n]));
            proof
                .verify(leaves[m], index(m), size(n), new_root)
                .unwrap();
        }
        for m in 0..=n {
            let proof = ConsistencyProof::prove(&nodes, size(m), size(n)).unwrap();
            if m > 0 {
                assert_eq!(proof.hashes(), naive_subproof(m, &leaves[..n], true));
            }
            proof
                .verify(size(m), mth(&leaves[..m]), size(n), new_root)
                .unwrap();
        }
    }
}

#[test]
fn agrees_with_ct_merkle() {
    let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let (_, nodes, _) = counted(300);
    for n in 1..=300usize {
        oracle.push((n - 1).to_string().into_bytes());
        let ours = root(&nodes, size(n)).unwrap();
        assert_eq!(
            ours.as_bytes().as_slice(),
            oracle.root().as_bytes().as_slice()
        );
        let m = (n * 31) % n.max(7) % n;
        let proof = InclusionProof::prove(&nodes, index(m), size(n)).unwrap();
        assert_eq!(concat(proof.hashes()), oracle.prove_inclusion(m).as_bytes());
        let proof = ConsistencyProof::prove(&nodes, size(n - m), size(n)).unwrap();
        assert_eq!(
            concat(proof.hashes()),
            oracle.prove_consistency(m).as_bytes()
        );
    }
}

fn concat(hashes: &[LogHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

#[test]
fn wrong_statements_are_refused() {
    let (_, nodes, leaves) = counted(20);
    let roots: Vec<_> = (0..=20).map(|n| mth(&leaves[..n])).collect();
    let inclusion = InclusionProof::prove(&nodes, index(6), size(13)).unwrap();
    let consistency = ConsistencyProof::prove(&nodes, size(6), size(13)).unwrap();
    for m in 0..=20 {
        for n in 0..=20 {
            let holds = inclusion.verify(leaves[6], index(m), size(n), roots[n]);
            assert_eq!(holds.is_ok(), (m, n) == (6, 13), "entry {m} of {n}");
            let holds = consistency.verify(size(m), roots[m], size(n), roots[n]);
            assert_eq!(holds.is_ok(), (m, n) == (6, 13), "the first {m} of {n}");
        }
    }
    assert!(
        inclusion
            .verify(leaves[5], index(6), size(13), roots[13])
            .is_err()
    );
    let empty = ConsistencyProof::new(vec![]).unwrap();
    assert!(empty.verify(size(5), roots[5], size(5), roots[6]).is_err());
    assert!(empty.verify(size(0), roots[1], size(5), roots[5]).is_err());
    assert!(empty.verify(size(0), roots[1], size(0), roots[1]).is_err());
    assert!(empty.verify(size(4), roots[4], size(5), roots[5]).is_err());
}

#[test]
fn what_lies_beyond_the_tree_is_not_proved() {
    let (_, nodes, _) = counted(5);
    let error = InclusionProof::prove(&nodes, index(5), size(5)).unwrap_err();
    assert_eq!(
        error,
        ProveError::NotInTree(NotInTree {
            position: 5,
            size: size(5)
        })
    );
    let error = ConsistencyProof::prove(&nodes, size(6), size(5)).unwrap_err();
    assert_eq!(
        error,
        ProveError::NotInTree(NotInTree {
            position: 6,
            size: size(5)
        })
    );
    let error = InclusionProof::prove(&nodes, index(5), size(8)).unwrap_err();
    assert_eq!(error, ProveError::Read(MissingNode(NodeId::new(1, 3))));
}

#[test]
fn the_nodes_named_are_the_nodes_read() {
    let (frontier, nodes, leaves) = counted(77);
    let only = |ids: Vec<NodeId>| -> NodeMap {
        ids.into_iter()
            .map(|id| (id, nodes.hash(id).unwrap()))
            .collect()
    };
    for (m, leaf) in leaves.iter().enumerate() {
        let few = only(InclusionProof::nodes(index(m), size(77)).unwrap());
        let proof = InclusionProof::prove(&few, index(m), size(77)).unwrap();
        proof
            .verify(*leaf, index(m), size(77), frontier.root())
            .unwrap();
        let few = only(ConsistencyProof::nodes(size(m), size(77)).unwrap());
        ConsistencyProof::prove(&few, size(m), size(77)).unwrap();
    }
    assert_eq!(
        Frontier::read(&only(root_nodes(size(77))), size(77)).unwrap(),
        frontier
    );
}

#[test]
fn a_frontier_comes_back_from_its_bytes_and_goes_on() {
    let (_, _, leaves) = counted(40);
    let mut frontier = Frontier::new();
    for (i, leaf) in leaves.iter().enumerate() {
        frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
        assert_eq!(frontier.append(*leaf), index(i));
        assert_eq!(frontier.root(), mth(&leaves[..=i]));
    }
    assert_eq!(frontier.size(), size(40));
    let mut bytes = frontier.to_bytes();
    bytes.push(0);
    assert_eq!(Frontier::from_bytes(&bytes), Err(DecodeError::Trailing(1)));
    let huge = u64::MAX.to_be_bytes();
    assert_eq!(
        Frontier::from_bytes(&huge),
        Err(DecodeError::NotCanonical("tree size"))
    );
}

#[test]
fn proofs_are_bounded_and_come_back_from_their_bytes() {
    let most = vec![EMPTY_ROOT; MAX_PROOF_HASHES];
    let inclusion = InclusionProof::new(most.clone()).unwrap();
    assert_eq!(
        InclusionProof::from_bytes(&inclusion.to_bytes()),
        Ok(inclusion)
    );
    let consistency = ConsistencyProof::new(most.clone()).unwrap();
    assert_eq!(
        ConsistencyProof::from_bytes(&consistency.to_bytes()),
        Ok(consistency)
    );
    let more = [most, vec![EMPTY_ROOT]].concat();
    assert!(InclusionProof::new(more.clone()).is_err());
    assert!(ConsistencyProof::new(more).is_err());
}

/// A reader that has every node: for sizes no test can fill.
struct Everything;

impl HashReader for Everything {
    type Error = MissingNode;

    fn hash(&self, node: NodeId) -> Result<LogHash, MissingNode> {
        Ok(leaf_hash(
            &[&[node.level()][..], &node.index().to_be_bytes()].concat(),
        ))
    }
}

fn any_hashes() -> impl Strategy<Value = Vec<LogHash>> {
    vec(
        any::<[u8; 32]>().prop_map(LogHash::new),
        0..=MAX_PROOF_HASHES,
    )
}

proptest! {
    #[test]
    fn a_random_tree_is_the_naive_one(
        entries in vec(vec(any::<u8>(), 0..40), 1..200),
        pick in any::<prop::sample::Index>(),
    ) {
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let (frontier, nodes) = grown(&leaves);
        let (m, n) = (pick.index(leaves.len()), leaves.len());
        prop_assert_eq!(frontier.root(), mth(&leaves));
        let proof = InclusionProof::prove(&nodes, index(m), size(n)).unwrap();
        prop_assert_eq!(proof.verify(leaves[m], index(m), size(n), frontier.root()), Ok(()));
        let proof = ConsistencyProof::prove(&nodes, size(m), size(n)).unwrap();
        let old = mth(&leaves[..m]);
        prop_assert_eq!(proof.verify(size(m), old, size(n), frontier.root()), Ok(()));
    }

    #[test]
    fn huge_trees_work_and_their_proofs_stay_within_the_bound(
        n in 1u64..=TreeSize::MAX.get(), m: u64,
    ) {
        let (m, n) = (LeafIndex::new(m % n), TreeSize::new(n));
        let proof = InclusionProof::prove(&Everything, m, n).unwrap();
        let tree = root(&Everything, n).unwrap();
        let leaf = Everything.hash(NodeId::new(0, m.get())).unwrap();
        prop_assert!(proof.hashes().len() <= MAX_PROOF_HASHES);
        // Made-up nodes do not hash together, so the proof must not verify - and must not panic.
        let _ = proof.verify(leaf, m, n, tree);
        let proof = ConsistencyProof::prove(&Everything, TreeSize::new(m.get()), n).unwrap();
        prop_assert!(proof.hashes().len() <= MAX_PROOF_HASHES);
        let _ = proof.verify(TreeSize::new(m.get()), leaf, n, tree);
    }

    #[test]
    fn garbage_is_refused_without_panic(
        hashes in any_hashes(), a: u64, b: u64, leaf: [u8; 32], root: [u8; 32],
        bytes in vec(any::<u8>(), 0..300),
    ) {
        let (leaf, root) = (LogHash::new(leaf), LogHash::new(root));
        let inclusion = InclusionProof::new(hashes.clone()).unwrap();
        let consistency = ConsistencyProof::new(hashes).unwrap();
        let (i, m, n) = (LeafIndex::new(a), TreeSize::new(a), TreeSize::new(b));
        prop_assert_eq!(inclusion.verify(leaf, i, n, root), Err(BadProof));
        prop_assert_eq!(consistency.verify(m, leaf, n, root), Err(BadProof));
        let _ = (InclusionProof::nodes(i, n), ConsistencyProof::nodes(m, n), root_nodes(n));
        let _ = InclusionProof::from_bytes(&bytes);
        let _ = ConsistencyProof::from_bytes(&bytes);
        if let Ok(frontier) = Frontier::from_bytes(&bytes) {
            prop_assert_eq!(frontier.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_changed_proof_is_refused(n in 2usize..300, pick: u64, bit in 0usize..256, which: u64) {
        let (frontier, nodes, leaves) = counted(n as u64);
        let m = (pick % n as u64) as usize;
        let proof = InclusionProof::prove(&nodes, index(m), size(n)).unwrap();
        let mut hashes = proof.hashes().to_vec();
        let at = (which % hashes.len() as u64) as usize;
        let mut bytes = *hashes[at].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        hashes[at] = LogHash::new(bytes);
        let verify = |proof: InclusionProof| {
            proof.verify(leaves[m], index(m), size(n), frontier.root())
        };
        prop_assert_eq!(verify(InclusionProof::new(hashes.clone()).unwrap()), Err(BadProof));
        hashes.pop();
        prop_assert_eq!(verify(InclusionProof::new(hashes).unwrap()), Err(BadProof));
    }
}

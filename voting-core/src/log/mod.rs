//! The append-only log (PROTOCOL.md, "Log"): RFC 6962 tree, C2SP tiles, notes, checkpoints, proofs.
//!
//! Everything here is pure: hashes, tiles and stored nodes come through [`tree::HashReader`] and
//! [`tile::TileReader`], text and bytes from the caller. The formats are exactly those of
//! <https://c2sp.org/tlog-tiles>, <https://c2sp.org/signed-note>,
//! <https://c2sp.org/tlog-cosignature>, <https://c2sp.org/tlog-checkpoint>,
//! <https://c2sp.org/tlog-proof> and <https://c2sp.org/tlog-witness>, so that existing witnesses,
//! mirrors and tools can check the log.
//!
//! ```
//! use voting_core::ids::LeafIndex;
//! use voting_core::keys::SecretKey;
//! use voting_core::log::checkpoint::{Checkpoint, LogPolicy, Origin, Quorum};
//! use voting_core::log::proof::TlogProof;
//! use voting_core::log::tree::{Frontier, InclusionProof, NodeMap, leaf_hash};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (mut frontier, mut nodes) = (Frontier::new(), NodeMap::new());
//! for entry in [b"opening".as_slice(), b"ballot", b"close"] {
//!     frontier.append_with(leaf_hash(entry), |node, hash| nodes.insert(node, hash));
//! }
//! let key = SecretKey::from_seed(&[7; 32]);
//! let origin = Origin::new("vote.example.kr/2026")?;
//! let checkpoint = Checkpoint::new(origin.clone(), frontier.size(), frontier.root());
//! let inclusion = InclusionProof::prove(&nodes, LeafIndex::new(1), frontier.size())?;
//! let file = TlogProof::new(LeafIndex::new(1), inclusion, checkpoint.sign(&key)?).to_string();
//!
//! let policy = LogPolicy::new(origin, key.verify_key(), Quorum::none())?;
//! let kept: TlogProof = file.parse()?;
//! assert!(kept.verify(b"ballot", &policy).is_ok());
//! assert!(kept.verify(b"another", &policy).is_err());
//! # Ok(())
//! # }
//! ```

pub mod checkpoint;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod witness;

mod lines;

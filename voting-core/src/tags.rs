//! Every domain tag of protocol version 1 (PROTOCOL.md, "Domain tags").
//!
//! A tag is used in one place. BLAKE3 takes it as the context of its derive-key mode; an Ed25519
//! signature covers it, length-prefixed, before the message.

/// The protocol's version byte, first in every top-level structure.
pub const VERSION: u8 = 1;

/// Content address of a document kept beside the log (result, ratification).
pub const DOCUMENT: &str = "hanpyo v1 2026-11 document";
/// Election id of a canonical manifest.
pub const ELECTION_ID: &str = "hanpyo v1 2026-11 election id";

/// Generator `U` and the `V_j` by hash-to-group.
pub const GENERATOR: &str = "hanpyo v1 2026-11 generator";
/// The statement of a ballot and its first commitment: the first transcript.
pub const BALLOT_STATEMENT: &str = "hanpyo v1 2026-11 ballot statement";
/// The link challenges `rho_i`.
pub const BALLOT_LINK: &str = "hanpyo v1 2026-11 ballot link challenges rho";
/// The challenge `x`.
pub const BALLOT_CHALLENGE: &str = "hanpyo v1 2026-11 ballot challenge x";
/// The randomness `r_i` of a sealing, from its seed.
pub const BALLOT_RANDOMNESS: &str = "hanpyo v1 2026-11 ballot randomness r";
/// The blinding factor `t_B`, from the proof's own seed.
pub const BALLOT_BLINDING: &str = "hanpyo v1 2026-11 ballot blinding t_B";
/// The proof's nonces, from the proof's own seed and the first transcript.
pub const BALLOT_NONCES: &str = "hanpyo v1 2026-11 ballot nonces";
/// The verifier's batch weights.
pub const BATCH_WEIGHTS: &str = "hanpyo v1 2026-11 batch weights";
/// Tracking code: the hash of the ballot's bytes.
pub const TRACKING_CODE: &str = "hanpyo v1 2026-11 tracking code";
/// Checksum of a tracking code as people read it.
pub const TRACKING_CHECKSUM: &str = "hanpyo v1 2026-11 tracking code checksum";

/// Registrar's signature on a credential.
pub const SIGN_CREDENTIAL: &str = "hanpyo v1 credential";
/// Second party's countersignature on a credential.
pub const SIGN_COUNTERSIGN: &str = "hanpyo v1 credential countersignature";
/// Voter's signature on a cast ballot.
pub const SIGN_CAST: &str = "hanpyo v1 cast";
/// Voter's signature on registering a tracking code as pending.
pub const SIGN_PENDING: &str = "hanpyo v1 pending";
/// Voter's signature on spoiling a pending tracking code.
pub const SIGN_SPOIL: &str = "hanpyo v1 spoil";
/// The log's signature on a receipt.
pub const SIGN_RECEIPT: &str = "hanpyo v1 receipt";
/// The ballot box's signature on a refusal.
pub const SIGN_REFUSAL: &str = "hanpyo v1 refusal";
/// A staff member's signature on an action.
pub const SIGN_STAFF: &str = "hanpyo v1 staff action";
/// A staff member's claim to a signing key, towards a console.
pub const SIGN_STAFF_KEY: &str = "hanpyo v1 staff key";
/// A staff member's claim that a roll file is to be imported, towards the registrar.
pub const SIGN_ROLL_CLAIM: &str = "hanpyo v1 roll claim";
/// An offline group's signature on its totals.
pub const SIGN_OFFLINE_TOTALS: &str = "hanpyo v1 offline totals";
/// A trustee's signature on a ceremony message or a decryption share.
pub const SIGN_TRUSTEE: &str = "hanpyo v1 trustee message";
/// A staff member's signature on a result.
pub const SIGN_RESULT: &str = "hanpyo v1 result";
/// An assembly secretary's or staff member's signature on a ratification.
pub const SIGN_RATIFICATION: &str = "hanpyo v1 ratification";

/// The registrar's pseudonym of a person (HMAC-SHA-256).
pub const PSEUDONYM: &str = "hanpyo v1 pseudonym";
/// The registrar's key of one election's rolls, from the pseudonym key (HMAC-SHA-256).
pub const ROLL_KEY: &str = "hanpyo v1 roll key";
/// A CI on a roll (HMAC-SHA-256).
pub const ROLL_CI: &str = "hanpyo v1 roll ci";
/// A name, birth date and mobile number on a roll (HMAC-SHA-256).
pub const ROLL_PERSON: &str = "hanpyo v1 roll person";
/// The manifest's commitment to the pseudonym key.
pub const PSEUDONYM_KEY_COMMITMENT: &str = "hanpyo v1 2026-11 pseudonym key commitment";

/// Hash of all first-round messages of a key ceremony.
pub const CEREMONY_ROUND_ONE: &str = "hanpyo v1 2026-11 ceremony round one";
/// Transcript hash of a key ceremony, signed by every trustee.
pub const CEREMONY_TRANSCRIPT: &str = "hanpyo v1 2026-11 ceremony transcript";
/// Key that encrypts a secret share to its recipient.
pub const CEREMONY_SHARE_KEY: &str = "hanpyo v1 2026-11 ceremony share key";
/// Challenge of the proof that a share's sender knows its ephemeral key.
pub const CEREMONY_SHARE_PROOF: &str = "hanpyo v1 2026-11 ceremony share proof";
/// Challenge of the proof in a complaint.
pub const CEREMONY_COMPLAINT: &str = "hanpyo v1 2026-11 ceremony complaint";
/// Challenge of a decryption share's Chaum-Pedersen proof.
pub const DECRYPTION_CHALLENGE: &str = "hanpyo v1 2026-11 decryption challenge";
/// Nonce of a proof of equal discrete logarithms.
pub const DLEQ_NONCE: &str = "hanpyo v1 2026-11 dleq nonce";

/// The manifest's commitment to the seed of a lot.
pub const LOT_COMMITMENT: &str = "hanpyo v1 2026-11 lot commitment";
/// A project's ticket in a lot.
pub const LOT_TICKET: &str = "hanpyo v1 2026-11 lot ticket";

/// Checksum of a file with the result of verifying a range of entries.
pub const RANGE_CHECKSUM: &str = "hanpyo v1 2026-11 range checksum";

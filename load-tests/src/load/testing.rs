//! What the tests of this module share.

use voting_core::ballot::{BallotParameters, BallotShape, Limit, VoterIdentity};
use voting_core::cast::CastBallot;
use voting_core::credential::Credential;
use voting_core::group::{Point, Scalar};
use voting_core::ids::{ClassIndex, ElectionId, Pseudonym, Sequence, Serial};
use voting_core::keys::SecretKey;

/// A signed ballot of election 1 by person `n`; its proof is none.
pub(super) fn cast(n: u8) -> CastBallot {
    cast_of(n, n)
}

/// Another ballot of person `n`.
pub(super) fn cast_of(n: u8, ballot: u8) -> CastBallot {
    let (election, key) = (ElectionId::new([1; 32]), SecretKey::from_seed(&[n; 32]));
    let voter = VoterIdentity {
        pseudonym: Pseudonym::new([n; 32]),
        class: ClassIndex::new(0),
        key: key.verify_key(),
    };
    let credential = Credential::issue(&key, &election, voter, Serial::new(0));
    let first = (Sequence::new(0), None);
    CastBallot::sign(&key, &election, credential, first, vec![ballot; 40])
}

/// Of an election of two projects.
pub(super) fn parameters(election: u8) -> BallotParameters {
    let limit = Limit {
        members: vec![0, 1],
        min: 0,
        max: 1,
    };
    let shape = BallotShape::new(2, vec![limit]).unwrap();
    let key = Point::mul_base(&Scalar::from(5u8));
    BallotParameters::new(ElectionId::new([election; 32]), key, shape)
}

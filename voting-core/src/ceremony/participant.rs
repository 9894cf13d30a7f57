//! The trustee's side of a ceremony: [`Dealer`] -> [`Recipient`] -> [`KeyShare`] or [`Complaint`].
//!
//! Each state can be stored between the rounds as secret bytes, to be encrypted by the caller. What
//! others sent comes in as verified sets only, and our own messages in them must be those we sent.

use super::complaint::statement;
use super::frost::{self, OwnShare, Polynomial};
use super::key_share::append_secret;
use super::round_two::recipients;
use super::share::{EncryptedShare, Route};
use super::{
    Attempt, CeremonyError, Complaint, Confirmation, EncryptionSecret, KeyShare, RoundOne,
    RoundOneSet, RoundTwo, RoundTwoSet, Setup, Threshold,
};
use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::dleq::Proof;
use crate::ids::{ElectionId, TrusteeId};
use crate::tags;
use crate::trustee::{TrusteeMessage, expect};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// A trustee that has committed to its polynomial and waits for the others' commitments.
pub struct Dealer {
    place: Place,
    sent: RoundOne,
    polynomial: Polynomial,
}

impl Dealer {
    /// Begins an attempt: draws a polynomial. Publish the message, store the state.
    ///
    /// # Errors
    /// [`CeremonyError::UnknownTrustee`] or [`CeremonyError::WrongSecret`].
    pub fn start(
        setup: &Setup,
        trustee: TrusteeId,
        secret: &EncryptionSecret,
        rng: &mut impl CryptoRng,
    ) -> Result<(Self, RoundOne), CeremonyError> {
        check_secret(setup, trustee, secret)?;
        let (polynomial, commitments, proof) = frost::commit(trustee, setup.threshold, rng)?;
        let sent = RoundOne {
            trustee,
            attempt: setup.attempt,
            commitments,
            proof,
        };
        let place = Place::of(setup);
        let message = sent.clone();
        Ok((
            Self {
                place,
                sent,
                polynomial,
            },
            message,
        ))
    }

    /// Deals: encrypts to every other trustee its share. Publish the message, store the state.
    ///
    /// # Errors
    /// [`CeremonyError::OtherState`] or [`CeremonyError::OwnMessageChanged`].
    pub fn deal(
        self,
        round_one: &RoundOneSet,
        rng: &mut impl CryptoRng,
    ) -> Result<(Recipient, RoundTwo), CeremonyError> {
        let trustee = self.sent.trustee;
        self.place.check(&round_one.setup)?;
        if *round_one.of(trustee)? != self.sent {
            return Err(CeremonyError::OwnMessageChanged(RoundOne::NAME));
        }
        let (own, shares) = frost::deal(self.polynomial, &others(round_one, trustee)?)?;
        let mut sealed = Vec::with_capacity(shares.len());
        for (to, share) in &shares {
            let route = Route::new(round_one, trustee, *to)?;
            sealed.push(EncryptedShare::seal(rng, &route, share));
        }
        let sent = RoundTwo {
            trustee,
            attempt: self.sent.attempt,
            round_one: round_one.hash,
            shares: sealed,
        };
        let message = sent.clone();
        let place = self.place;
        Ok((Recipient { place, sent, own }, message))
    }

    /// The state as bytes to store under encryption: `version | 0x11 | place | message | FROST's`.
    ///
    /// # Errors
    /// [`CeremonyError::Frost`].
    pub fn to_secret_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CeremonyError> {
        let secret = self.polynomial.serialize();
        let secret = Zeroizing::new(secret.map_err(|_| CeremonyError::Frost)?);
        Ok(state_bytes(DEALER, &self.place, &self.sent, &secret))
    }

    /// The inverse of [`Self::to_secret_bytes`].
    ///
    /// # Errors
    /// [`CeremonyError::State`].
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, CeremonyError> {
        let (place, sent, secret) = read_state(DEALER, bytes)?;
        let polynomial = Polynomial::deserialize(secret).map_err(|_| DAMAGED)?;
        Ok(Self {
            place,
            sent,
            polynomial,
        })
    }
}

/// A trustee that has dealt and waits for the others' shares.
pub struct Recipient {
    place: Place,
    sent: RoundTwo,
    own: OwnShare,
}

/// How an attempt ended for one trustee. Publish the message either way.
pub enum Outcome {
    /// All shares were right. Store the key share before publishing the confirmation.
    Confirmed(KeyShare, Box<Confirmation>),
    /// A share was wrong: the attempt is over.
    Complaint(Box<Complaint>),
}

impl Recipient {
    /// Opens and verifies every share for this trustee.
    ///
    /// # Errors
    /// [`CeremonyError::OtherState`], [`CeremonyError::OwnMessageChanged`] or
    /// [`CeremonyError::WrongSecret`]. A wrong share is no error but [`Outcome::Complaint`].
    pub fn finish(
        self,
        round_two: &RoundTwoSet,
        secret: &EncryptionSecret,
        rng: &mut impl CryptoRng,
    ) -> Result<Outcome, CeremonyError> {
        let trustee = self.sent.trustee;
        let round_one = &round_two.round_one;
        self.place.check(&round_one.setup)?;
        check_secret(&round_one.setup, trustee, secret)?;
        if *round_two.of(trustee)? != self.sent {
            return Err(CeremonyError::OwnMessageChanged(RoundTwo::NAME));
        }
        let mut shares = Vec::new();
        for sender in recipients(round_one, trustee) {
            let delivery = Delivery::find(round_two, sender, trustee)?;
            match delivery.open(secret) {
                Some(share) => shares.push((sender, share)),
                None => return Ok(Outcome::Complaint(delivery.complain(secret, rng).into())),
            }
        }
        let others = others(round_one, trustee)?;
        let x = frost::finish(&self.own, &others, &shares, &round_one.keys)?;
        let share = KeyShare::new(round_one.setup.election, trustee, *x);
        Ok(Outcome::Confirmed(share, confirmation(round_two, trustee)))
    }

    /// The state as bytes to store under encryption: `version | 0x12 | place | message | FROST's`.
    ///
    /// # Errors
    /// [`CeremonyError::Frost`].
    pub fn to_secret_bytes(&self) -> Result<Zeroizing<Vec<u8>>, CeremonyError> {
        let secret = self.own.serialize();
        let secret = Zeroizing::new(secret.map_err(|_| CeremonyError::Frost)?);
        Ok(state_bytes(RECIPIENT, &self.place, &self.sent, &secret))
    }

    /// The inverse of [`Self::to_secret_bytes`].
    ///
    /// # Errors
    /// [`CeremonyError::State`].
    pub fn from_secret_bytes(bytes: &[u8]) -> Result<Self, CeremonyError> {
        let (place, sent, secret) = read_state(RECIPIENT, bytes)?;
        let own = OwnShare::deserialize(secret).map_err(|_| DAMAGED)?;
        Ok(Self { place, sent, own })
    }
}

/// One share on its way to us.
struct Delivery<'a> {
    route: Route<'a>,
    share: &'a EncryptedShare,
    sender: &'a RoundOne,
}

impl<'a> Delivery<'a> {
    fn find(
        round_two: &'a RoundTwoSet,
        from: TrusteeId,
        to: TrusteeId,
    ) -> Result<Self, CeremonyError> {
        let share = round_two.of(from)?.share_for(to);
        Ok(Self {
            route: Route::new(&round_two.round_one, from, to)?,
            share: share.ok_or(CeremonyError::NoSuchShare(to))?,
            sender: round_two.round_one.of(from)?,
        })
    }

    fn open(&self, secret: &EncryptionSecret) -> Option<Zeroizing<[u8; 32]>> {
        let shared = Zeroizing::new(secret.scalar() * self.share.ephemeral);
        let share = self.share.open(&self.route, &shared, self.sender)?;
        Some(Zeroizing::new(share.to_bytes()))
    }

    fn complain(&self, secret: &EncryptionSecret, rng: &mut impl CryptoRng) -> Complaint {
        let ephemeral = self.share.ephemeral;
        let shared = secret.scalar() * ephemeral;
        let statement = statement(&self.route, self.share, &shared);
        Complaint {
            accuser: self.route.to,
            attempt: self.sender.attempt,
            accused: self.route.from,
            shared,
            proof: Proof::prove(rng, statement, secret.scalar(), &[ephemeral]),
        }
    }
}

/// Which ceremony a stored state is of: `election id | attempt u16 | t u16 | n u16`.
#[derive(PartialEq, Eq)]
struct Place {
    election: ElectionId,
    attempt: Attempt,
    threshold: Threshold,
}

impl Place {
    const fn of(setup: &Setup) -> Self {
        Self {
            election: setup.election,
            attempt: setup.attempt,
            threshold: setup.threshold,
        }
    }

    fn check(&self, setup: &Setup) -> Result<(), CeremonyError> {
        if *self == Self::of(setup) {
            Ok(())
        } else {
            Err(CeremonyError::OtherState)
        }
    }
}

const DEALER: u8 = 0x11;
const RECIPIENT: u8 = 0x12;
const DAMAGED: CeremonyError = CeremonyError::State(DecodeError::NotCanonical("FROST's state"));

fn state_bytes(
    kind: u8,
    place: &Place,
    sent: &impl TrusteeMessage,
    secret: &[u8],
) -> Zeroizing<Vec<u8>> {
    let mut w = Writer::new();
    w.u8(tags::VERSION);
    w.u8(kind);
    place.election.encode(&mut w);
    place.attempt.encode(&mut w);
    place.threshold.encode(&mut w);
    sent.encode(&mut w);
    append_secret(w, secret)
}

fn read_state<T: TrusteeMessage>(
    kind: u8,
    bytes: &[u8],
) -> Result<(Place, T, &[u8]), CeremonyError> {
    let mut r = Reader::new(bytes);
    expect(r.u8("version")?, tags::VERSION, "version")?;
    expect(r.u8("kind of state")?, kind, "kind of state")?;
    let place = Place {
        election: ElectionId::decode(&mut r)?,
        attempt: Attempt::decode(&mut r)?,
        threshold: Threshold::decode(&mut r)?,
    };
    let sent = T::decode(&mut r)?;
    Ok((place, sent, r.rest()))
}

fn check_secret(
    setup: &Setup,
    trustee: TrusteeId,
    secret: &EncryptionSecret,
) -> Result<(), CeremonyError> {
    if setup.keys(trustee)?.encryption == secret.public_key() {
        Ok(())
    } else {
        Err(CeremonyError::WrongSecret)
    }
}

fn others(round_one: &RoundOneSet, trustee: TrusteeId) -> Result<Vec<&RoundOne>, CeremonyError> {
    let ids = recipients(round_one, trustee);
    ids.map(|id| round_one.of(id)).collect()
}

fn confirmation(round_two: &RoundTwoSet, trustee: TrusteeId) -> Box<Confirmation> {
    Box::new(Confirmation {
        trustee,
        attempt: round_two.round_one.setup.attempt,
        transcript: round_two.transcript(),
        keys: round_two.round_one.keys.clone(),
    })
}

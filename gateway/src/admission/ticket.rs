//! Tickets of the waiting room, kept by their holders.

use crate::seal::Seal;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::{ElectionId, UnixMillis};

/// What the seal is bound to.
const PURPOSE: &[u8] = b"hanpyo v1 ticket";

/// A place in the order of arrival. Says nothing of who holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The election.
    pub election: ElectionId,
    /// The room that issued it.
    pub room: u64,
    /// Its number there.
    pub number: u64,
    /// When it was issued.
    pub issued_at: UnixMillis,
}

impl Ticket {
    /// The same bytes however often the ticket is sealed, and no other ticket's: of those who were
    /// called with another room's, who all have one number here, the instant tells.
    #[must_use]
    pub fn place(&self) -> [u8; 24] {
        let parts = [self.room, self.number, self.issued_at.get()];
        let mut place = [0; 24];
        for (bytes, part) in place.chunks_exact_mut(8).zip(parts) {
            bytes.copy_from_slice(&part.to_be_bytes());
        }
        place
    }
}

/// Seals and opens tickets.
pub struct Tickets(Seal);

impl Tickets {
    /// Tickets under the session key; `None` only if the cipher does not take it.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        Seal::new(key, PURPOSE).map(Self)
    }

    /// Seals a ticket into a token; `None` if the operating system gives no randomness.
    #[must_use]
    pub fn seal(&self, ticket: &Ticket) -> Option<String> {
        self.0.seal(&ticket.to_bytes())
    }

    /// Opens a token; `None` if it is not one of ours.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<Ticket> {
        Ticket::from_bytes(&self.0.open(token)?).ok()
    }
}

impl Encode for Ticket {
    fn encode(&self, w: &mut Writer) {
        self.election.encode(w);
        w.u64(self.room);
        w.u64(self.number);
        self.issued_at.encode(w);
    }
}

impl Decode for Ticket {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            election: ElectionId::decode(r)?,
            room: r.u64("room")?,
            number: r.u64("number")?,
            issued_at: UnixMillis::decode(r)?,
        })
    }
}

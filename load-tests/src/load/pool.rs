//! Sealed and signed ballots on disk, made before anything is timed.
//!
//! ```text
//! "hanpyo-pool v1\n", election id 32, election key 32
//! one group a voter, from voter 0 on:
//!   u32 voter, u8 count, count x (u8 kind, u32 length, cast ballot)
//! ```
//!
//! Integers are big-endian, as in every canonical encoding here. A group that a crash cut short is
//! cut off, and that voter gets another credential and group.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use voting_core::ballot::BallotParameters;
use voting_core::cast::CastBallot;
use voting_core::codec::{Decode, DecodeError, Encode};
use voting_core::ids::Pseudonym;
use voting_core::tracking::TrackingCode;

const HEADER: &[u8; 15] = b"hanpyo-pool v1\n";
const HEADER_LEN: u64 = 15 + 32 + 32;
/// The most voters of a pool.
const MAX_VOTERS: usize = 1 << 20;
/// The most ballots of one voter.
pub(super) const MAX_GROUP: usize = 64;

/// Why a pool cannot be used.
#[derive(Debug, Error)]
pub enum PoolError {
    /// The file cannot be read or written.
    #[error("{0}")]
    Io(PathBuf, #[source] std::io::Error),
    /// It is another election's, or none.
    #[error("{0}: this is not a pool of this election and key")]
    Other(PathBuf),
    /// A group is not well-formed.
    #[error("{0}: the group of voter {1}: {2}")]
    Group(PathBuf, usize, &'static str),
    /// A ballot does not decode.
    #[error("{0}: a ballot of voter {1}")]
    Ballot(PathBuf, usize, #[source] DecodeError),
    /// It is full.
    #[error("{0}: a pool has at most 1,048,576 voters")]
    Full(PathBuf),
}

/// What a ballot of the pool is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The voter's ballot.
    Good,
    /// Another good ballot of the same voter.
    Second,
    /// Well-formed and signed, with a proof that does not hold.
    BadProof,
}

impl Purpose {
    const fn byte(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Second => 1,
            Self::BadProof => 2,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Good, Self::Second, Self::BadProof]
            .into_iter()
            .find(|purpose| purpose.byte() == byte)
    }
}

/// Where a ballot lies, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    offset: u64,
    length: usize,
    /// The voter.
    pub voter: usize,
    /// What it is for.
    pub purpose: Purpose,
    /// Its tracking code.
    pub code: TrackingCode,
    /// Its person.
    pub pseudonym: Pseudonym,
}

/// An opened pool. The ballots stay on disk; what is in memory is where each lies.
#[derive(Debug)]
pub struct Pool {
    path: PathBuf,
    file: File,
    end: u64,
    voters: usize,
    places: Vec<Place>,
}

impl Pool {
    /// Opens a pool or begins one; every ballot in it is decoded.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn open(path: &Path, parameters: &BallotParameters) -> Result<Self, PoolError> {
        let mut pool = Self {
            path: path.into(),
            file: open(path).map_err(|error| PoolError::Io(path.into(), error))?,
            end: 0,
            voters: 0,
            places: Vec::new(),
        };
        let header = header(parameters);
        let length = pool.file.metadata().map_err(|error| pool.io(error))?.len();
        if length < HEADER_LEN {
            pool.begin(&header)?;
        } else {
            pool.read(&header)?;
        }
        Ok(pool)
    }

    /// How many voters it has.
    #[must_use]
    pub const fn voters(&self) -> usize {
        self.voters
    }

    /// Every ballot, by voter.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where the ballots for a purpose are.
    pub fn of(&self, purpose: Purpose) -> impl Iterator<Item = usize> + '_ {
        let places = self.places.iter().enumerate();
        places
            .filter(move |(_, place)| place.purpose == purpose)
            .map(|(n, _)| n)
    }

    /// The bytes of a ballot, as they are sent.
    ///
    /// # Errors
    /// [`PoolError::Io`].
    pub fn bytes(&self, place: usize) -> Result<Vec<u8>, PoolError> {
        let missing = || PoolError::Group(self.path.clone(), place, "no such ballot");
        let place = self.places.get(place).ok_or_else(missing)?;
        let mut bytes = vec![0; place.length];
        let read = self.file.read_exact_at(&mut bytes, place.offset);
        read.map_err(|error| self.io(error))?;
        Ok(bytes)
    }

    /// Adds the next voters, each with their ballots, and makes them durable.
    ///
    /// # Errors
    /// [`PoolError`].
    pub fn add(&mut self, groups: &[Vec<(Purpose, CastBallot)>]) -> Result<(), PoolError> {
        let mut bytes = Vec::new();
        let mut places = Vec::new();
        for (voter, group) in (self.voters..).zip(groups) {
            if voter >= MAX_VOTERS {
                return Err(PoolError::Full(self.path.clone()));
            }
            let number = u32::try_from(voter).unwrap_or(u32::MAX);
            bytes.extend(number.to_be_bytes());
            bytes.push(self.count(voter, group.len())?);
            for (purpose, cast) in group {
                let ballot = cast.to_bytes();
                let length = u32::try_from(ballot.len()).unwrap_or(u32::MAX);
                bytes.push(purpose.byte());
                bytes.extend(length.to_be_bytes());
                let offset = self.end + bytes.len() as u64;
                places.push(place(cast, (voter, *purpose), (offset, ballot.len())));
                bytes.extend(ballot);
            }
        }
        let written = self.file.write_all_at(&bytes, self.end);
        let written = written.and_then(|()| self.file.sync_data());
        written.map_err(|error| self.io(error))?;
        self.end += bytes.len() as u64;
        self.voters += groups.len();
        self.places.append(&mut places);
        Ok(())
    }

    fn count(&self, voter: usize, count: usize) -> Result<u8, PoolError> {
        let count = u8::try_from(count).ok();
        let count = count.filter(|&count| (1..=MAX_GROUP).contains(&usize::from(count)));
        count.ok_or_else(|| self.wrong(voter, "1 to 64 ballots are a group"))
    }

    fn begin(&mut self, header: &[u8]) -> Result<(), PoolError> {
        let begun = self.file.set_len(0);
        let begun = begun.and_then(|()| self.file.write_all(header));
        begun.map_err(|error| self.io(error))?;
        self.end = HEADER_LEN;
        Ok(())
    }

    fn read(&mut self, header: &[u8]) -> Result<(), PoolError> {
        let io = |error| PoolError::Io(self.path.clone(), error);
        self.file.seek(SeekFrom::Start(0)).map_err(io)?;
        let reader = self.file.try_clone().map_err(io)?;
        let mut reader = BufReader::with_capacity(1 << 20, reader);
        let mut found = [0; HEADER_LEN as usize];
        reader.read_exact(&mut found).map_err(io)?;
        if found.as_slice() != header {
            return Err(PoolError::Other(self.path.clone()));
        }
        self.end = HEADER_LEN;
        while let Some(length) = self.read_group(&mut reader)? {
            self.end += length;
            self.voters += 1;
        }
        self.places.retain(|place| place.voter < self.voters);
        self.file.set_len(self.end).map_err(|error| self.io(error))
    }

    /// The length of the next group; `None` where the file ends, also within one.
    fn read_group(&mut self, reader: &mut impl Read) -> Result<Option<u64>, PoolError> {
        let voter = self.voters;
        let Some(head) = self.whole::<5>(reader)? else {
            return Ok(None);
        };
        let number = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        if usize::try_from(number) != Ok(voter) || voter >= MAX_VOTERS {
            return Err(self.wrong(voter, "another voter stands here"));
        }
        let count = self.count(voter, usize::from(head[4]))?;
        let mut length = 5;
        for _ in 0..count {
            let Some(head) = self.whole::<5>(reader)? else {
                return Ok(None);
            };
            let purpose = Purpose::of(head[0]);
            let purpose = purpose.ok_or_else(|| self.wrong(voter, "an unknown purpose"))?;
            let size = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            if size > CastBallot::MAX_LEN {
                return Err(self.wrong(voter, "a ballot is too long"));
            }
            let mut bytes = vec![0; size];
            if !self.fill(reader, &mut bytes)? {
                return Ok(None);
            }
            let cast = CastBallot::from_bytes(&bytes);
            let cast = cast.map_err(|e| PoolError::Ballot(self.path.clone(), voter, e))?;
            let offset = self.end + length + 5;
            self.places
                .push(place(&cast, (voter, purpose), (offset, size)));
            length += 5 + size as u64;
        }
        Ok(Some(length))
    }

    fn whole<const N: usize>(&self, reader: &mut impl Read) -> Result<Option<[u8; N]>, PoolError> {
        let mut bytes = [0; N];
        Ok(self.fill(reader, &mut bytes)?.then_some(bytes))
    }

    /// Whether there was enough left to fill it.
    fn fill(&self, reader: &mut impl Read, bytes: &mut [u8]) -> Result<bool, PoolError> {
        match reader.read_exact(bytes) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(self.io(error)),
        }
    }

    fn io(&self, error: std::io::Error) -> PoolError {
        PoolError::Io(self.path.clone(), error)
    }

    fn wrong(&self, voter: usize, what: &'static str) -> PoolError {
        PoolError::Group(self.path.clone(), voter, what)
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false);
    options.open(path)
}

fn header(parameters: &BallotParameters) -> Vec<u8> {
    let election = parameters.election.as_bytes();
    let key = parameters.election_key.compress();
    [HEADER.as_slice(), election, key.as_bytes()].concat()
}

fn place(
    cast: &CastBallot,
    (voter, purpose): (usize, Purpose),
    (offset, length): (u64, usize),
) -> Place {
    Place {
        offset,
        length,
        voter,
        purpose,
        code: cast.tracking_code(),
        pseudonym: cast.credential.voter.pseudonym,
    }
}

#[cfg(test)]
mod tests;

//! Who is told how far a verification has come.

/// Is told. Calls come from one thread.
pub trait Progress {
    /// A part begins, of so many units.
    fn begin(&self, part: Part, total: u64);
    /// So many units of the part are done in all.
    fn reached(&self, part: Part, done: u64);
    /// The part is over.
    fn end(&self, part: Part);
}

/// A part of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Entries read and checked against the ones before.
    Entries,
    /// Ballots whose proofs are verified.
    Ballots,
    /// Files downloaded.
    Files,
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Part, _: u64) {}
    fn reached(&self, _: Part, _: u64) {}
    fn end(&self, _: Part) {}
}

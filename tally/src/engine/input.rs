//! What the engine takes: candidates and a rule with every boundary case decided.

use num_rational::BigRational;
use voting_core::rule::{Bound, FillPolicy, Leftovers, Poll};

/// A project as the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The id.
    pub id: String,
    /// The cost in the smallest unit of money (won, grosz).
    pub cost: u128,
    /// Position of its list in [`Input::lists`].
    pub list: Option<usize>,
    /// Position of its field in [`Input::fields`].
    pub field: Option<usize>,
    /// When it was proposed, relative to the others.
    pub proposal_order: u64,
    /// The weighted score.
    pub score: BigRational,
    /// Marks of all counted classes, unweighted.
    pub marks: u64,
    /// Why it is excluded, if it is.
    pub excluded: Option<String>,
}

/// Candidates and what they are ranked among.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The candidates; results come in this order.
    pub candidates: Vec<Candidate>,
    /// Names of the lists.
    pub lists: Vec<String>,
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Counted ballots.
    pub voters: u64,
    /// What one mark of the class that margins are stated in adds to a score; above 0.
    pub one_mark: BigRational,
}

/// How two candidates with equal scores are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The earlier position in the input.
    Position,
    /// The id that comes first naturally.
    Natural,
    /// The lower cost.
    CostAsc,
    /// The higher cost.
    CostDesc,
    /// The earlier proposal.
    EarlierProposal,
    /// The lower number in a lot: one for each candidate.
    Lot(Vec<u32>),
}

/// What a candidate must reach. Equal is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Minimum {
    /// Unweighted marks.
    Marks(u64),
    /// Unweighted marks over counted ballots.
    ShareOfVoters(BigRational),
    /// The score.
    Score(BigRational),
}

/// Which rankings a step works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All candidates.
    Overall,
    /// One list alone.
    List(usize),
    /// Each list.
    EachList,
    /// Each field.
    EachField,
}

/// A cut from the bottom by cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The part of the candidates' cost, of 1.
    pub part: BigRational,
    /// Which side of it the cut ends on.
    pub bound: Bound,
    /// The rankings.
    pub scope: Scope,
}

/// The money of one ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The exact amount, in the smallest unit.
    pub amount: BigRational,
}

/// Which rankings are filled, from what money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pots {
    /// One ranking, one budget.
    Overall(Pool),
    /// One pool for each list, in the order of [`Input::lists`].
    EachList(Vec<Pool>),
    /// One pool for each field, in the order of [`Input::fields`].
    EachField(Vec<Pool>),
    /// The fields' pools first, then a rest for whatever is not funded.
    FieldsThenRest {
        /// One pool for each field.
        fields: Vec<Pool>,
        /// The citywide money.
        rest: Pool,
        /// What becomes of money a field does not use.
        leftovers: Leftovers,
    },
}

/// Funding from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// What happens at a project that costs more than what is left.
    pub policy: FillPolicy,
    /// The money.
    pub pots: Pots,
}

/// The first so many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// How many.
    pub places: u32,
    /// Of which rankings.
    pub scope: Scope,
}

/// What happens after the cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// What the cut left is chosen.
    Keep,
    /// Money is filled.
    Fill(Fill),
    /// Places are given.
    Top(Top),
    /// A poll is decided; agreement and disagreement by position, where it needs a majority.
    Poll(Poll, Option<(usize, usize)>),
}

/// A rule with every boundary case decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Tie orders, first that tells apart decides; the position in the input is the last resort.
    pub ties: Vec<Tie>,
    /// The minimum score.
    pub minimum: Option<Minimum>,
    /// The bottom cut.
    pub cut: Option<Cut>,
    /// What follows.
    pub then: Then,
    /// Sets of positions of which at most one is chosen.
    pub conflicts: Vec<Vec<usize>>,
}

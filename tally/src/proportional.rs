//! Proportional rules for approval ballots, exact, as a comparison for researchers.
//!
//! [`equal_shares`] is the Method of Equal Shares with cost utilities, as <https://equalshares.net>
//! defines it: the budget is divided equally among the voters; in each round the project with the
//! highest effective vote count (its cost over the most any supporter pays) is bought, its
//! supporters paying equally or all they have left. [`add1`] completes it: the voters' shares are
//! raised by one unit of money until the outcome is exhaustive or the next one would exceed the
//! budget. The comparison step asks [`Profile::prefers`] whether more voters would rather have what
//! the ranking gives. [`phragmen`] is sequential Phragmen: voters earn at one rate, a project is bought when
//! its supporters together hold its cost, and the rule ends with the first project that no longer
//! fits.
//!
//! Ties: lower cost, then more votes, then the caller's order.
//!
//! Every comparison is exact. Numbers are kept as bounds in fixed point, and where bounds do not
//! decide, the fraction itself is worked out from the history of payments.

mod bounds;
mod completion;
mod equal_shares;
mod phragmen;
mod profile;

pub use completion::{Completed, add1};
pub use equal_shares::equal_shares;
pub use phragmen::phragmen;
pub use profile::{Profile, ProfileError};

#[cfg(test)]
mod tests;

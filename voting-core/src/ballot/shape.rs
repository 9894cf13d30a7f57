//! The bit vector of a ballot and its limits (PROTOCOL.md, "Limits and slack").
//!
//! Everything here is derived from the manifest, never read from a ballot.

use thiserror::Error;

/// "Between `min` and `max` of these options."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Option positions, strictly ascending.
    pub members: Vec<u32>,
    /// The fewest picks among them.
    pub min: u32,
    /// The most picks among them.
    pub max: u32,
}

/// Why limits cannot be laid out.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ShapeError {
    /// No option, or more than a ballot can hold.
    #[error("a ballot has 1 to {max} options, not {0}", max = BallotShape::MAX_OPTIONS)]
    Options(usize),
    /// A limit's members are not ascending positions of options.
    #[error("limit {0} names options out of order or out of range")]
    Members(usize),
    /// A limit that no ballot satisfies.
    #[error("limit {0} needs min <= max <= number of its options")]
    Bounds(usize),
}

/// One more bit of the vector, making a limit an equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlackBit {
    /// Which limit it belongs to.
    pub limit: usize,
    /// What it counts for in that limit.
    pub weight: u32,
}

/// How many ciphertexts, bits and limits a ballot of an election has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotShape {
    options: usize,
    limits: Vec<Limit>,
    slack: Vec<SlackBit>,
}

impl BallotShape {
    /// The most options whose decryption share, and about whose ballot, fits a log entry.
    pub const MAX_OPTIONS: usize = crate::decryption::MAX_PROJECTS;

    /// Lays out the bit vector of `options` projects under `limits`: the projects' bits first,
    /// then each limit's slack bits in order.
    ///
    /// # Errors
    /// [`ShapeError`] if there is no such ballot.
    pub fn new(options: usize, limits: Vec<Limit>) -> Result<Self, ShapeError> {
        if options == 0 || options > Self::MAX_OPTIONS {
            return Err(ShapeError::Options(options));
        }
        for (k, limit) in limits.iter().enumerate() {
            check_limit(k, limit, options)?;
        }
        let slack = (limits.iter().enumerate())
            .flat_map(|(k, l)| {
                slack_weights(l.max - l.min)
                    .into_iter()
                    .map(move |w| SlackBit {
                        limit: k,
                        weight: w,
                    })
            })
            .collect();
        Ok(Self {
            options,
            limits,
            slack,
        })
    }

    /// `N`: the number of options, each one ciphertext.
    #[must_use]
    pub fn options(&self) -> usize {
        self.options
    }

    /// `m`: the length of the whole bit vector.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.options + self.slack.len()
    }

    /// The limits, in the manifest's order.
    #[must_use]
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// The slack bits, in their order in the bit vector.
    #[must_use]
    pub fn slack(&self) -> &[SlackBit] {
        &self.slack
    }

    /// The `(bit position, weight)` terms of limit `k`: its members with weight 1, then its slack.
    pub fn terms(&self, k: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let members = self.limits[k].members.iter().map(|&i| (i as usize, 1));
        let slack = (self.slack.iter().enumerate())
            .filter(move |(_, bit)| bit.limit == k)
            .map(|(s, bit)| (self.options + s, bit.weight));
        members.chain(slack)
    }

    /// The exact length of a ballot in bytes.
    #[must_use]
    pub fn ballot_len(&self) -> usize {
        1 + 64 * self.options + 6 * 32 + 32 * (self.limits.len() + self.bits()) + 3 * 32
    }
}

fn check_limit(k: usize, limit: &Limit, options: usize) -> Result<(), ShapeError> {
    let ascending = limit.members.windows(2).all(|w| w[0] < w[1]);
    let in_range = limit
        .members
        .last()
        .is_none_or(|&last| (last as usize) < options);
    if !ascending || !in_range {
        return Err(ShapeError::Members(k));
    }
    if limit.min > limit.max || limit.max as usize > limit.members.len() {
        return Err(ShapeError::Bounds(k));
    }
    Ok(())
}

/// Weights 1, 2, 4, ... with the last trimmed so that they add up to exactly `range`.
#[must_use]
pub fn slack_weights(range: u32) -> Vec<u32> {
    let mut weights = Vec::new();
    let mut left = range;
    let mut next = 1;
    while left > 0 {
        let weight = next.min(left);
        weights.push(weight);
        left -= weight;
        next *= 2;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slack_reaches_every_value_up_to_its_range_and_no_further() {
        for range in 0..200 {
            let weights = slack_weights(range);
            let mut reachable = vec![false; range as usize + 1];
            for mask in 0..1u32 << weights.len() {
                let sum: u32 = (0..weights.len())
                    .map(|b| (mask >> b & 1) * weights[b])
                    .sum();
                reachable[sum as usize] = true;
            }
            assert!(reachable.iter().all(|r| *r), "range {range}");
        }
    }

    #[test]
    fn limits_that_no_ballot_satisfies_are_refused() {
        let limit = |members: &[u32], min, max| Limit {
            members: members.to_vec(),
            min,
            max,
        };
        let shape = |l| BallotShape::new(4, vec![l]);
        assert!(shape(limit(&[0, 3], 0, 2)).is_ok());
        assert_eq!(shape(limit(&[3, 0], 0, 2)), Err(ShapeError::Members(0)));
        assert_eq!(shape(limit(&[0, 4], 0, 2)), Err(ShapeError::Members(0)));
        assert_eq!(shape(limit(&[0, 1], 2, 1)), Err(ShapeError::Bounds(0)));
        assert_eq!(shape(limit(&[0, 1], 0, 3)), Err(ShapeError::Bounds(0)));
        assert_eq!(BallotShape::new(0, vec![]), Err(ShapeError::Options(0)));
        assert_eq!(BallotShape::new(671, vec![]), Err(ShapeError::Options(671)));
    }
}

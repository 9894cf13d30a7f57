//! Bounded discrete logarithms by Shanks's baby-step giant-step, for totals that are public.

use crate::group::{CompressedRistretto, Point, Scalar};
use curve25519_dalek::traits::Identity;

/// The table never exceeds 2^21 baby steps (32 MiB), enough for 44 million ballots and 10^5
/// projects; beyond that more giant steps are made.
const MAX_STEPS: u64 = 1 << 21;
/// Points that share one inversion when they are compressed.
const BATCH: usize = 256;

/// A table of baby steps `j G`, shared by all projects.
///
/// Compressing doubled points in batches costs one inversion a batch instead of a square root a
/// point; as doubling is a bijection of the group, the doubles' encodings tell the points apart.
pub struct DlogTable {
    bound: u64,
    steps: u64,
    /// (first 8 bytes of the encoding of `2 j G`, `j`), sorted. Equal fingerprints may stand side
    /// by side: a hit is only a candidate.
    baby: Vec<(u64, u32)>,
    /// `-steps G`.
    stride: Point,
}

impl DlogTable {
    /// A table to find `points` logarithms between 0 and `bound` with the least work: about
    /// `2 sqrt(points * bound)` steps in all.
    #[must_use]
    pub fn new(bound: u64, points: usize) -> Self {
        let work = bound.saturating_mul(points.max(1) as u64);
        let steps = work.isqrt().clamp(1, MAX_STEPS).min(bound.max(1));
        let start = Walk::new(Point::identity(), Point::mul_base(&Scalar::ONE), steps);
        let numbered = start.flatten().zip(0..);
        let mut baby: Vec<(u64, u32)> = numbered.collect();
        baby.sort_unstable();
        Self {
            bound,
            steps,
            baby,
            stride: -Point::mul_base(&Scalar::from(steps)),
        }
    }

    /// The `T` with `T G = point` and `0 <= T <= bound`, if there is one.
    #[must_use]
    pub fn solve(&self, point: &Point) -> Option<u64> {
        let giants = self.bound / self.steps + 1;
        let walk = Walk::new(*point, self.stride, giants);
        let numbered = (0..).zip(walk.flatten());
        numbered
            .flat_map(|(i, found)| self.candidates(found).map(move |j| (i, j)))
            .filter_map(|(i, j): (u64, u32)| i.checked_mul(self.steps)?.checked_add(j.into()))
            .find(|total| *total <= self.bound && Point::mul_base(&Scalar::from(*total)) == *point)
    }

    fn candidates(&self, found: u64) -> impl Iterator<Item = u32> {
        let first = self.baby.partition_point(|(known, _)| *known < found);
        let rest = self.baby[first..].iter();
        rest.take_while(move |(known, _)| *known == found)
            .map(|(_, j)| *j)
    }
}

/// Fingerprints of `count` points from `next`, `step` apart, in batches.
struct Walk {
    next: Point,
    step: Point,
    left: u64,
}

impl Walk {
    const fn new(next: Point, step: Point, left: u64) -> Self {
        Self { next, step, left }
    }
}

impl Iterator for Walk {
    type Item = Vec<u64>;

    fn next(&mut self) -> Option<Vec<u64>> {
        let length = usize::try_from(self.left).unwrap_or(BATCH).min(BATCH);
        if length == 0 {
            return None;
        }
        self.left -= length as u64;
        let step = self.step;
        let points: Vec<Point> = std::iter::successors(Some(self.next), |p| Some(p + step))
            .take(length)
            .collect();
        self.next = points[length - 1] + step;
        let doubled = Point::double_and_compress_batch(&points);
        Some(doubled.iter().map(fingerprint).collect())
    }
}

fn fingerprint(point: &CompressedRistretto) -> u64 {
    let (head, _) = point.as_bytes().split_at(8);
    head.iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

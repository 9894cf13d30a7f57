//! Combination of t verified shares into totals.

use super::{DecryptionError, DecryptionShare, DlogTable, Statement};
use crate::group::{Point, Scalar};
use crate::ids::TrusteeId;
use crate::trustee::TrusteeMessage;
use curve25519_dalek::traits::VartimeMultiscalarMul;
use std::collections::BTreeMap;

/// Collects the verified shares of one group.
pub struct Combiner<'a> {
    statement: Statement<'a>,
    shares: BTreeMap<TrusteeId, DecryptionShare>,
}

impl<'a> Combiner<'a> {
    /// A combiner without shares.
    #[must_use]
    pub const fn new(statement: Statement<'a>) -> Self {
        Self {
            statement,
            shares: BTreeMap::new(),
        }
    }

    /// Verifies a share and keeps it. Its signature is for the caller to verify.
    ///
    /// # Errors
    /// [`DecryptionError`] naming the trustee at fault; the combiner is as before.
    pub fn accept(&mut self, share: DecryptionShare) -> Result<(), DecryptionError> {
        let trustee = share.trustee();
        if self.shares.contains_key(&trustee) {
            return Err(DecryptionError::Repeated(trustee));
        }
        share.verify(&self.statement)?;
        self.shares.insert(trustee, share);
        Ok(())
    }

    /// Whether t shares are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.check_complete().is_ok()
    }

    /// `M = B - sum_j lambda_j D_j` for each project, over all shares there are.
    ///
    /// # Errors
    /// [`DecryptionError::TooFew`].
    pub fn messages(&self) -> Result<Vec<Point>, DecryptionError> {
        self.check_complete()?;
        let ids: Vec<TrusteeId> = self.shares.keys().copied().collect();
        let lambdas: Vec<Scalar> = ids.iter().map(|id| lagrange_at_zero(*id, &ids)).collect();
        let sums = self.statement.sums.ciphertexts().iter().enumerate();
        let message = |(project, sum): (usize, &crate::elgamal::Ciphertext)| {
            let shares = self.shares.values().map(|s| s.projects[project].d);
            sum.b - Point::vartime_multiscalar_mul(&lambdas, shares)
        };
        Ok(sums.map(message).collect())
    }

    /// The total of each project.
    ///
    /// # Errors
    /// [`DecryptionError::TooFew`], or [`DecryptionError::OutOfRange`] naming the project.
    pub fn totals(&self) -> Result<Vec<u64>, DecryptionError> {
        let (messages, ballots) = (self.messages()?, self.statement.sums.ballots());
        let table = DlogTable::new(ballots, messages.len());
        let total = |(project, message)| {
            let total = table.solve(message);
            total.ok_or(DecryptionError::OutOfRange { project, ballots })
        };
        messages.iter().enumerate().map(total).collect()
    }

    fn check_complete(&self) -> Result<(), DecryptionError> {
        let needed = self.statement.keys.threshold().needed();
        let found = self.shares.len();
        if found < usize::from(needed) {
            return Err(DecryptionError::TooFew { found, needed });
        }
        Ok(())
    }
}

/// `lambda_j = prod_(m != j) m / (m - j)` over the distinct identifiers `ids`.
fn lagrange_at_zero(j: TrusteeId, ids: &[TrusteeId]) -> Scalar {
    let scalar = |id: TrusteeId| Scalar::from(id.get());
    let others = || ids.iter().filter(|m| **m != j);
    let numerator: Scalar = others().map(|m| scalar(*m)).product();
    let denominator: Scalar = others().map(|m| scalar(*m) - scalar(j)).product();
    numerator * denominator.invert()
}

//! Roll files that staff send: whose claim it is, whether the hour allows it, and the import.

use super::Registrar;
use crate::problem::{Problem, ProblemKind};
use crate::registry::RollCounts;
use crate::rolls::{ImportError, Imported, Order, import};
use crate::store::StoreError;
use tokio::sync::OwnedMutexGuard;
use voting_core::audit::Stage;
use voting_core::ids::UnixMillis;
use voting_core::staff::{Document, MAX_ROLL_FILE, RollClaim, SignedRollClaim};
use zeroize::Zeroizing;

/// The turn of one roll file: it takes much memory and seconds of a processor.
pub struct Importing {
    _alone: OwnedMutexGuard<()>,
}

impl Registrar {
    /// Refuses a claim that no member of the staff has made for this election, and one that would be
    /// refused with its file: nothing of that is received at all.
    ///
    /// # Errors
    /// [`ProblemKind::WrongElection`], [`ProblemKind::StaffSignatures`], [`ProblemKind::Oversized`]
    /// on a claim for more than a file may hold, [`ProblemKind::RollNumber`] on one of before the
    /// last import, and those of the hour.
    pub async fn check_claim(
        &self,
        signed: &SignedRollClaim,
        now: UnixMillis,
    ) -> Result<(), Problem> {
        self.check_signed(signed)?;
        self.check_before_close(now)?;
        match self.registry.last_import().await? == signed.claim.number {
            true => Ok(()),
            false => Err(ProblemKind::RollNumber.into()),
        }
    }

    /// Takes the turn of a roll file, from before it is received to its end.
    ///
    /// # Errors
    /// [`ProblemKind::Overloaded`] while another one has it: two would wait for each other with all
    /// that they hold, and one of them would be refused in the end.
    pub fn begin_import(&self) -> Result<Importing, Problem> {
        let alone = self.importing.clone().try_lock_owned();
        let alone = alone.map_err(|_| {
            Problem::new(ProblemKind::Overloaded).hint("another roll is being imported")
        })?;
        Ok(Importing { _alone: alone })
    }

    fn check_signed(&self, signed: &SignedRollClaim) -> Result<(), Problem> {
        if signed.claim.election != self.election() {
            return Err(ProblemKind::WrongElection.into());
        }
        let members = self.manifest.staff.members.iter();
        let keys: Vec<_> = members.map(|member| member.key).collect();
        let verified = signed.verify(&keys);
        verified.map_err(|error| Problem::new(ProblemKind::StaffSignatures).hint(error))?;
        let length = usize::try_from(signed.claim.file.length);
        if length.is_ok_and(|length| length <= MAX_ROLL_FILE) {
            return Ok(());
        }
        let hint = format_args!("at most {MAX_ROLL_FILE} bytes");
        Err(Problem::new(ProblemKind::Oversized).hint(hint))
    }

    /// Does with a file what a claim says, which [`Self::check_claim`] has passed, in the turn that
    /// [`Self::begin_import`] gave.
    ///
    /// # Errors
    /// [`ProblemKind::DocumentMismatch`] on another file, [`ProblemKind::RollNumber`] if another
    /// import came first, [`ProblemKind::RollRefused`] on what is no roll, and those of the hour.
    pub async fn import_roll(
        &self,
        claim: &RollClaim,
        file: Zeroizing<Vec<u8>>,
        now: UnixMillis,
    ) -> Result<Imported, Problem> {
        self.check_before_close(now)?;
        if Document::of(&file) != Ok(claim.file) {
            return Err(ProblemKind::DocumentMismatch.into());
        }
        let keys = self.keys.people.as_ref();
        let key = &keys.ok_or(ProblemKind::PseudonymKeyDestroyed)?.rolls;
        let order = Order {
            class: claim.class,
            replace: claim.replace,
            keep: claim.keep,
            after: Some(claim.number),
        };
        let ends = (&self.registry, &self.manifest);
        Ok(import(ends, key, file, (order, now)).await?)
    }

    /// How many imports there were, and how many people are on the rolls: counted once for each
    /// import, since everybody may ask.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn roll_counts(&self) -> Result<RollCounts, StoreError> {
        let last = self.registry.last_import().await?;
        let mut counted = self.counted.lock().await;
        if counted.imports != last {
            *counted = self.registry.roll_counts().await?;
        }
        Ok(counted.clone())
    }

    /// Whoever is put on a roll after the close could not vote any more.
    fn check_before_close(&self, now: UnixMillis) -> Result<(), Problem> {
        let view = self.sequencer.view();
        match view.stage {
            Stage::Annulled => Err(ProblemKind::ElectionAnnulled.into()),
            Stage::Ceremony | Stage::Open | Stage::Paused if now < view.schedule.closes_at => {
                Ok(())
            }
            _ => Err(ProblemKind::VotingClosed.into()),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Table(_) | ImportError::Class => {
                Self::new(ProblemKind::RollRefused).hint(error)
            }
            ImportError::Number => ProblemKind::RollNumber.into(),
            ImportError::Judging => ProblemKind::Internal.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

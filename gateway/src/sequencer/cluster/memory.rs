//! What a member knows of the log.

use super::super::replay::{ReplayError, follow, replay};
use super::super::writer::{Failed, Writer};
use crate::store::{Group, StoreError};
use voting_core::audit::State;

/// A member's audit state, and how far it can be relied on.
pub(super) enum Memory {
    /// A state that the log had.
    Current(Box<State>),
    /// A state that is ahead of the log by a group whose commit may or may not have happened.
    Unsettled(Box<State>, Box<Group>),
    /// To be read again from entry 0.
    Lost,
}

impl Memory {
    /// After a commit that failed. What the database refused is not tried again.
    pub(super) fn after(failed: Failed) -> Self {
        match failed.error {
            StoreError::Database(sqlx::Error::Database(error)) if !passing(&*error) => Self::Lost,
            StoreError::Value(_) => Self::Lost,
            _ => Self::Unsettled(Box::new(failed.state), Box::new(failed.group)),
        }
    }

    /// Takes in what others have appended; whether all of it is known now.
    pub(super) async fn catch_up(self, writer: &Writer) -> (Self, bool) {
        let memory = match self {
            Self::Lost => {
                match replay(&writer.store, writer.manifest.clone(), &writer.signer).await {
                    Ok(state) => Self::Current(Box::new(state)),
                    Err(error) => return (Self::Lost, failed(&error)),
                }
            }
            Self::Unsettled(state, group) => match Self::compare(writer, state, group).await {
                Ok(memory) => memory,
                Err((memory, error)) => return (memory, failed(&error.into())),
            },
            current => current,
        };
        match memory {
            Self::Current(mut state) => {
                let (size, followed) = (
                    state.size(),
                    follow(&writer.store, &mut state, &writer.signer).await,
                );
                match followed {
                    Ok(checkpoint) => {
                        if state.size() > size || writer.view.borrow().size < state.size() {
                            writer.publish(&state, checkpoint);
                        }
                        (Self::Current(state), true)
                    }
                    // The store could not be asked, or shows less than was seen before: this state
                    // stands, and nothing is done that would contradict it.
                    Err(error @ (ReplayError::Store(_) | ReplayError::Shrunk { .. })) => {
                        (Self::Current(state), failed(&error))
                    }
                    Err(error) => (Self::Lost, failed(&error)),
                }
            }
            // Known as far as it can be before the term is taken.
            unsettled @ Self::Unsettled(..) => (unsettled, true),
            Self::Lost => (Self::Lost, false),
        }
    }

    /// With the term taken, no commit of a former one can come any more: what is not there is
    /// committed again, the same entries with the same checkpoint.
    pub(super) async fn settle(self, writer: &Writer, epoch: u64) -> Self {
        match self.catch_up(writer).await {
            (Self::Unsettled(state, mut group), true) => {
                group.epoch = epoch;
                match writer.commit(&state, &mut group).await {
                    Ok(()) => {
                        writer.publish(&state, group.checkpoint);
                        Self::Current(state)
                    }
                    Err(error) => Self::after(Failed {
                        state: *state,
                        group: *group,
                        error,
                    }),
                }
            }
            (memory @ Self::Current(_), true) => memory,
            // Not fit to lead. A state that stands is tried again later.
            (Self::Current(state), false) => {
                let nothing = Box::new(Group::new(state.size(), epoch));
                Self::Unsettled(state, nothing)
            }
            (memory, _) => memory,
        }
    }

    /// Whether the log has the group by now, does not have it, or has something else in its place.
    async fn compare(
        writer: &Writer,
        state: Box<State>,
        group: Box<Group>,
    ) -> Result<Self, (Self, StoreError)> {
        match writer
            .store
            .entries(group.base..group.size().max(group.base + 1))
            .await
        {
            Err(error) => Err((Self::Unsettled(state, group), error)),
            Ok(stored) if group.entries.is_empty() || stored.is_empty() => {
                // A group without entries is not seen in the log; committing it again is harmless
                // where it is kept, and refused where it is.
                match group.entries.is_empty() {
                    true => Ok(Self::Current(state)),
                    false => Ok(Self::Unsettled(state, group)),
                }
            }
            Ok(stored) => match stored
                .iter()
                .eq(group.entries.iter().map(|(entry, _)| entry))
            {
                true => Ok(Self::Current(state)),
                false => Ok(Self::Lost),
            },
        }
    }
}

/// Whether an error of the database is one of its state rather than of what it was given.
fn passing(error: &dyn sqlx::error::DatabaseError) -> bool {
    // Connections (08), resources (53), limits and shut-downs (55, 57), recovery and read-only (25).
    let code = error.code().unwrap_or_default();
    ["08", "25", "53", "55", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
}

fn failed(error: &ReplayError) -> bool {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the log cannot be followed"
    );
    false
}

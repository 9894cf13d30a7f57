//! What everyone may know of the log without asking the writer.

use crate::store::StoredCheckpoint;
use std::collections::BTreeMap;
use std::sync::Arc;
use voting_core::audit::{ClassCount, Notice, Schedule, Stage, State};
use voting_core::ballot::BallotParameters;
use voting_core::ids::UnixMillis;
use voting_core::manifest::Bilingual;

/// The log's state as of a commit. Everything in it can be computed from the public log.
#[derive(Clone)]
pub struct View {
    /// The stage.
    pub stage: Stage,
    /// The schedule with every extension.
    pub schedule: Schedule,
    /// How many entries there are.
    pub size: u64,
    /// When the newest of them was made; the checkpoint over it was committed at once.
    pub newest: UnixMillis,
    /// The number of the next staff action.
    pub actions: u32,
    /// Withdrawn projects by position, with the reasons.
    pub withdrawn: BTreeMap<u32, Bilingual>,
    /// What staff told everybody, the newest first, at most [`Self::NOTICES`].
    pub notices: Vec<Notice>,
    /// Whether the pseudonym key is destroyed: nobody is recognised any more.
    pub pseudonym_key_destroyed: bool,
    /// Issued and cast counts by class.
    pub counts: Vec<ClassCount>,
    /// What ballots are sealed and verified with, once opened.
    pub parameters: Option<Arc<BallotParameters>>,
    /// The checkpoint of `size`; `None` only before entry 0.
    pub checkpoint: Option<StoredCheckpoint>,
}

impl View {
    /// How many notices are told; the log has all of them.
    pub const NOTICES: usize = 20;

    pub(super) fn of(state: &State, checkpoint: Option<StoredCheckpoint>) -> Self {
        Self {
            stage: state.stage(),
            schedule: *state.schedule(),
            size: state.size(),
            newest: state.time(),
            actions: state.actions(),
            withdrawn: state.withdrawn().clone(),
            notices: state
                .notices()
                .iter()
                .rev()
                .take(Self::NOTICES)
                .cloned()
                .collect(),
            pseudonym_key_destroyed: state.pseudonym_key_destroyed(),
            counts: state.counts().to_vec(),
            parameters: state.ballot_parameters().cloned(),
            checkpoint,
        }
    }
}

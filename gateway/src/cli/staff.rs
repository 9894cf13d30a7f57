//! `gateway staff`: actions that take two people, on one machine or on two.
//!
//! On two machines: the first runs the action with `--out FILE` instead of submitting, hands the
//! file over, the second runs `gateway staff sign FILE`, and either runs `gateway staff submit FILE`.

use super::read_bounded;
use anyhow::Context;
use clap::{Args, Subcommand};
use gateway::client::Client;
use gateway::keys::{KeyRole, read_signing_key};
use gateway::staff::{Intent, Signers, propose};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use voting_core::codec::{Decode, Encode};
use voting_core::entry::MAX_ENTRY;
use voting_core::ids::{ElectionId, UnixMillis};
use voting_core::keys::SecretKey;
use voting_core::log::note::{MAX_NOTE_BYTES, Note};
use voting_core::manifest::{Bilingual, Manifest};
use voting_core::offline::{OfflineTotals, SignedTotals};
use voting_core::rule::ClassId;
use voting_core::staff::StaffAction;
use voting_core::submission::{MAX_DOCUMENT, Submission};

#[derive(Args)]
pub(crate) struct Staff {
    /// The gateway.
    #[arg(long, global = true, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The election id that the gateway must hold.
    #[arg(long, global = true)]
    election: Option<ElectionId>,
    /// A staff member's key file; give as many as the manifest demands, or fewer with `--out`.
    #[arg(long = "key", global = true)]
    keys: Vec<PathBuf>,
    /// Write the signed action to this file instead of submitting it.
    #[arg(long, global = true)]
    out: Option<PathBuf>,
    /// A cosigned checkpoint to hold, where the manifest names witnesses.
    #[arg(long, global = true)]
    checkpoint: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Start the key ceremony over.
    RestartCeremony {
        #[command(flatten)]
        reason: Reason,
    },
    /// Open the election with the ceremony's keys.
    Open,
    /// Pause voting.
    Pause {
        #[command(flatten)]
        reason: Reason,
    },
    /// Resume voting.
    Resume {
        #[command(flatten)]
        reason: Reason,
    },
    /// Move the close to a later instant.
    Extend {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        closes_at: u64,
    },
    /// Withdraw a project; its marks are still published.
    Withdraw {
        /// Its position on the ballot, from 0.
        project: u32,
        #[command(flatten)]
        reason: Reason,
    },
    /// Publish the list of new asset hashes.
    SoftwareChanged {
        /// The list.
        document: PathBuf,
    },
    /// End the election without a result.
    Annul {
        #[command(flatten)]
        reason: Reason,
    },
    /// Finalise the close.
    Close,
    /// Publish the result.
    Publish {
        /// The result document.
        document: PathBuf,
    },
    /// Record the assembly's decision (총회 승인).
    Ratify {
        /// The decision's document.
        document: PathBuf,
    },
    /// Record that the pseudonym key and its backups are destroyed.
    DestroyPseudonymKey,
    /// Enter the totals that an offline group has signed with `gateway offline sign`.
    OfflineTotals {
        /// The signed totals.
        file: PathBuf,
    },
    /// Tell everybody something (공지).
    Notice {
        /// In Korean.
        #[arg(long)]
        ko: String,
        /// In English.
        #[arg(long)]
        en: String,
    },
    /// Record how many people stand on the roll (명부) of a class.
    Roll {
        /// The class's id.
        class: ClassId,
        /// How many people.
        people: u64,
    },
    /// Add signatures to a file from another staff member, after reading what it says.
    Sign {
        /// The file; rewritten, or written to `--out`.
        file: PathBuf,
    },
    /// Submit a file that enough staff members have signed.
    Submit {
        /// The file.
        file: PathBuf,
    },
}

/// Why, for everyone to read.
#[derive(Args)]
struct Reason {
    /// Why, in Korean.
    #[arg(long = "reason-ko", value_name = "TEXT")]
    ko: String,
    /// Why, in English.
    #[arg(long = "reason-en", value_name = "TEXT")]
    en: String,
}

impl Reason {
    fn text(&self) -> Bilingual {
        Bilingual::new(&self.ko, &self.en)
    }
}

impl Staff {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.url)?;
        let keys = self
            .keys
            .iter()
            .map(|file| read_signing_key(file, KeyRole::Staff));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let manifest = client.manifest(self.election).await?;
        eprintln!("election {} {}", manifest.election_id(), manifest.title.ko);
        match &self.action {
            Action::Sign { file } => {
                let signed = sign(&manifest, &keys, read_submission(file)?)?;
                write(self.out.as_ref().unwrap_or(file), &signed)
            }
            Action::Submit { file } => submit(&client, &read_submission(file)?).await,
            action => {
                self.act(&client, &manifest, &keys, intent(action, &manifest)?)
                    .await
            }
        }
    }

    async fn act(
        &self,
        client: &Client,
        manifest: &Arc<Manifest>,
        keys: &[SecretKey],
        intent: Intent,
    ) -> anyhow::Result<()> {
        let cosigned = self.checkpoint.as_deref().map(read_note).transpose()?;
        let (proposal, document) = propose(client, manifest, intent, cosigned).await?;
        let signers = match self.out {
            Some(_) => Signers::some(manifest, keys)?,
            None => Signers::new(manifest, keys)?,
        };
        let entry = signers.sign_all(proposal);
        let submission = Submission { entry, document };
        match &self.out {
            Some(file) => write(file, &submission),
            None => submit(client, &submission).await,
        }
    }
}

fn intent(action: &Action, manifest: &Manifest) -> anyhow::Result<Intent> {
    let document = |file: &PathBuf| read_bounded(file, MAX_DOCUMENT);
    Ok(match action {
        Action::RestartCeremony { reason } => Intent::RestartCeremony(reason.text()),
        Action::Open => Intent::Open,
        Action::Pause { reason } => Intent::Pause(reason.text()),
        Action::Resume { reason } => Intent::Resume(reason.text()),
        Action::Extend { closes_at } => Intent::Extend(UnixMillis::new(*closes_at)),
        Action::Withdraw { project, reason } => Intent::Withdraw(*project, reason.text()),
        Action::SoftwareChanged { document: file } => Intent::SoftwareChanged(document(file)?),
        Action::Annul { reason } => Intent::Annul(reason.text()),
        Action::Close => Intent::Close,
        Action::Publish { document: file } => Intent::Publish(document(file)?),
        Action::Ratify { document: file } => Intent::Ratify(document(file)?),
        Action::DestroyPseudonymKey => Intent::DestroyPseudonymKey,
        Action::OfflineTotals { file } => Intent::OfflineTotals(Box::new(offline_totals(file)?)),
        Action::Notice { ko, en } => Intent::Notice(Bilingual::new(ko, en)),
        Action::Roll { class, people } => {
            let class = manifest.class_index(class);
            Intent::Roll(class.context("the manifest has no such class")?, *people)
        }
        Action::Sign { .. } | Action::Submit { .. } => anyhow::bail!("no action to propose"),
    })
}

/// Shows what is signed, and signs it.
fn sign(
    manifest: &Manifest,
    keys: &[SecretKey],
    submission: Submission,
) -> anyhow::Result<Submission> {
    let proposal = &submission.entry.proposal;
    println!("action {} {}", proposal.number, describe(&proposal.action));
    if !proposal.checkpoint.is_empty() {
        println!("{}", String::from_utf8_lossy(&proposal.checkpoint));
    }
    let entry = Signers::some(manifest, keys)?.add_to(&submission.entry);
    Ok(Submission {
        entry,
        ..submission
    })
}

fn describe(action: &StaffAction) -> String {
    let what = match action {
        StaffAction::Extend(to) => format!("to {to} ms"),
        StaffAction::Withdraw(project, reason) => format!("project {project}: {}", both(reason)),
        StaffAction::OfflineTotals(signed) => {
            let OfflineTotals {
                group,
                ballots,
                marks,
            } = &signed.totals;
            format!("of group {group}: {ballots} ballots, marks {marks:?}")
        }
        StaffAction::Roll(class, people) => format!("of class {class}: {people} people"),
        _ => {
            let document = action
                .document()
                .map(|document| format!("document {} of {} bytes", document.hash, document.length));
            let said = document.or_else(|| action.text().map(both));
            said.unwrap_or_default()
        }
    };
    format!("{} {what}", action.name()).trim_end().to_owned()
}

fn both(reason: &Bilingual) -> String {
    format!("{} / {}", reason.ko, reason.en)
}

fn offline_totals(file: &Path) -> anyhow::Result<SignedTotals> {
    let bytes = read_bounded(file, MAX_ENTRY)?;
    let totals = SignedTotals::from_bytes(&bytes);
    totals.with_context(|| format!("{}: not signed totals", file.display()))
}

async fn submit(client: &Client, submission: &Submission) -> anyhow::Result<()> {
    let index = client.submit(submission).await?;
    let action = submission.entry.proposal.action.name();
    println!("{action} is entry {index}");
    Ok(())
}

fn read_submission(file: &Path) -> anyhow::Result<Submission> {
    let bytes = read_bounded(file, Submission::MAX_LEN)?;
    let submission = Submission::from_bytes(&bytes);
    submission.with_context(|| format!("{}: not a staff action", file.display()))
}

fn read_note(file: &Path) -> anyhow::Result<Note> {
    let note = Note::parse(&read_bounded(file, MAX_NOTE_BYTES)?);
    note.with_context(|| file.display().to_string())
}

fn write(file: &Path, submission: &Submission) -> anyhow::Result<()> {
    std::fs::write(file, submission.to_bytes()).with_context(|| file.display().to_string())
}

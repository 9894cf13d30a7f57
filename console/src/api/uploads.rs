//! Acts that come with a file: the result, an offline group's totals, the list of the served software.

use super::Shared;
use super::actions::{allowed, checkpoint, keep, named, running};
use super::body::binary;
use super::proposals::Shown;
use super::result::check;
use crate::access::Manager;
use crate::problem::{Problem, ProblemKind};
use axum::Json;
use axum::extract::{Request, State};
use serde::Deserialize;
use voting_core::codec::Decode;
use voting_core::entry::MAX_ENTRY;
use voting_core::manifest::Manifest;
use voting_core::offline::SignedTotals;
use voting_core::staff::{Proposal, StaffAction};

/// The longest result document, in bytes.
pub(super) const MAX_RESULT: usize = 8 << 20;
/// The longest list of files, in bytes.
const MAX_LIST: usize = 1 << 20;
/// The most files of a list.
const MAX_FILES: usize = 2_000;

/// `POST /proposals/publish`: the result document, bare as `observer result` writes it or signed. It
/// is computed again from its totals before anything is proposed; that its totals are those of the
/// log is what `observer verify` shows.
pub(super) async fn publish(
    State(console): State<Shared>,
    Manager(me): Manager,
    request: Request,
) -> Result<Json<Shown>, Problem> {
    let bytes = binary(request, MAX_RESULT).await?;
    let (manifest, status) = running(&console).await?;
    allowed(&console, &manifest, &status, "publish").await?;
    check(&manifest, bytes.clone()).await?;
    let document = named(&bytes)?;
    let proposal = Proposal {
        number: status.next_action,
        checkpoint: checkpoint(&console, &manifest).await?,
        action: StaffAction::Publish(document),
    };
    keep(&console, me.id, &manifest, &proposal, Some(&bytes)).await
}

/// `POST /proposals/offline-totals`: an offline group's totals as `gateway offline sign` writes them.
pub(super) async fn offline_totals(
    State(console): State<Shared>,
    Manager(me): Manager,
    request: Request,
) -> Result<Json<Shown>, Problem> {
    let bytes = binary(request, MAX_ENTRY).await?;
    let (manifest, status) = running(&console).await?;
    allowed(&console, &manifest, &status, "offline-totals").await?;
    let totals = own_totals(&manifest, &bytes)?;
    let end = console.gateway.log_end(&manifest).await?;
    if !end.offline_missing().contains(&totals.totals.group) {
        return Err(totals_refused("the totals of this group are in already"));
    }
    let proposal = Proposal {
        number: status.next_action,
        checkpoint: Vec::new(),
        action: StaffAction::OfflineTotals(Box::new(totals)),
    };
    keep(&console, me.id, &manifest, &proposal, None).await
}

/// Possible totals that a group of this election signed for it.
fn own_totals(manifest: &Manifest, bytes: &[u8]) -> Result<SignedTotals, Problem> {
    let signed = SignedTotals::from_bytes(bytes).map_err(totals_refused)?;
    let totals = &signed.totals;
    let group = manifest.offline_groups.get(usize::from(totals.group));
    let group = group.ok_or_else(|| totals_refused("the manifest has no such offline group"))?;
    let own = signed.verify(&manifest.election_id(), &group.key);
    own.map_err(totals_refused)?;
    let possible = totals.marks.iter().all(|marks| *marks <= totals.ballots);
    if !possible || totals.marks.len() != manifest.project_count() {
        return Err(totals_refused(
            "these marks are not possible on the ballots of this election",
        ));
    }
    Ok(signed)
}

fn totals_refused(why: impl ToString) -> Problem {
    Problem::from(ProblemKind::TotalsRefused).hint(why)
}

/// The files of a page with their hashes, as its build writes them and its server gives them out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Software {
    files: Vec<File>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    bytes: u64,
    sha256: String,
    #[serde(rename = "compressed")]
    _compressed: bool,
}

/// `POST /proposals/software-changed`: the list of the served page's files, `assets.json`.
pub(super) async fn software_changed(
    State(console): State<Shared>,
    Manager(me): Manager,
    request: Request,
) -> Result<Json<Shown>, Problem> {
    let bytes = binary(request, MAX_LIST).await?;
    check_list(&bytes)?;
    let (manifest, status) = running(&console).await?;
    allowed(&console, &manifest, &status, "software-changed").await?;
    let proposal = Proposal {
        number: status.next_action,
        checkpoint: Vec::new(),
        action: StaffAction::SoftwareChanged(named(&bytes)?),
    };
    keep(&console, me.id, &manifest, &proposal, Some(&bytes)).await
}

/// A list that says of each file, once, what its bytes hash to.
fn check_list(bytes: &[u8]) -> Result<(), Problem> {
    let refused = |why: &dyn std::fmt::Display| Problem::from(ProblemKind::ListRefused).hint(why);
    let list: Software = serde_json::from_slice(bytes).map_err(|error| refused(&error))?;
    let hexadecimal = |text: &str| {
        let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        text.len() == 64 && text.chars().all(digit)
    };
    let fits = |file: &File| {
        let path = !file.path.is_empty() && file.path.len() <= 500;
        path && file.bytes <= 1 << 40 && hexadecimal(&file.sha256)
    };
    let mut paths: Vec<_> = list.files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    let once = paths.windows(2).all(|pair| pair[0] != pair[1]);
    if paths.is_empty() || paths.len() > MAX_FILES || !once || !list.files.iter().all(fits) {
        return Err(refused(
            &"each file once, with a path, its bytes and its SHA-256",
        ));
    }
    Ok(())
}

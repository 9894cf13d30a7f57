//! How far the trustees are: their key ceremony before the opening, their shares after the close.

use super::Shared;
use crate::gateway::{ClassCount, GatewayError};
use crate::log_end::{CeremonyProgress, DecryptionProgress};
use serde::Serialize;
use std::sync::Arc;
use voting_core::manifest::Manifest;

/// What the log shows of the trustees at a stage in which they are to act.
#[derive(Serialize)]
pub(super) struct Trustees {
    /// How many are needed to decrypt.
    threshold: u16,
    /// Their names, in the manifest's order; they are numbered from 1.
    names: Vec<String>,
    ceremony: Option<CeremonyProgress>,
    decryption: Option<DecryptionProgress>,
}

/// `None` at a stage in which nothing is awaited of them.
pub(super) async fn progress(
    console: &Shared,
    manifest: &Arc<Manifest>,
    stage: &str,
    classes: &[ClassCount],
) -> Result<Option<Trustees>, GatewayError> {
    if !matches!(stage, "ceremony" | "closed") {
        return Ok(None);
    }
    let end = console.gateway.log_end(manifest).await?;
    let cast: Vec<u64> = classes.iter().map(|class| class.cast).collect();
    let (ceremony, decryption) = match stage {
        "ceremony" => (Some(end.ceremony()?), None),
        _ => (None, Some(end.decryption(&cast))),
    };
    let members = manifest.trustees.members.iter();
    Ok(Some(Trustees {
        threshold: manifest.trustees.threshold,
        names: members.map(|member| member.name.clone()).collect(),
        ceremony,
        decryption,
    }))
}

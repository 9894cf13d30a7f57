//! `tally sign` and `tally ratify`: the documents that staff sign.

use super::CliError;
use super::key::{read_key, write_new};
use super::result::{read_manifest, read_result};
use crate::result::{
    Change, Decision, Ratification, RatificationFormat, SignatureError, SignedRatification,
};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use voting_core::manifest::{Bilingual, Date};

/// Options of `tally sign`.
#[derive(Clone, Debug, Args)]
pub(super) struct SignArguments {
    /// The result: bare as it was computed, or signed by others already.
    result: PathBuf,
    /// The election's manifest: nothing is signed that its totals do not give.
    #[arg(long)]
    manifest: PathBuf,
    /// A staff member's key file; once for each who signs here.
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Options of `tally ratify`.
#[derive(Clone, Debug, Args)]
pub(super) struct RatifyArguments {
    /// The published result that the assembly decided on.
    result: PathBuf,
    /// The election's manifest.
    #[arg(long)]
    manifest: PathBuf,
    /// The assembly's name in Korean.
    #[arg(long, value_name = "TEXT")]
    assembly_ko: String,
    /// The assembly's name in English.
    #[arg(long, value_name = "TEXT")]
    assembly_en: String,
    /// The day it decided.
    #[arg(long, value_name = "YYYY-MM-DD")]
    decided_on: String,
    /// What it decided otherwise, as a JSON list of `project`, `from`, `to`, `funded` and `reason`;
    /// without it the result stands.
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// A staff member's key file; once for each who records the decision.
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// The new file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Adds signatures to a result that its totals give.
pub(super) fn sign(arguments: &SignArguments, out: &mut dyn Write) -> Result<(), CliError> {
    let manifest = read_manifest(&arguments.manifest)?;
    let mut signed = read_result(&arguments.result)?;
    signed.rederive(&manifest)?;
    for file in &arguments.keys {
        signed.sign(&read_key(file)?)?;
    }
    let state = match signed.verify(&manifest) {
        Ok(()) => "signed by as many as must".to_owned(),
        Err(error @ SignatureError::TooFew { .. }) => error.to_string(),
        Err(error) => return Err(error.into()),
    };
    write_new(&arguments.out, &signed.to_canonical()?)?;
    writeln!(out, "{state}")?;
    Ok(())
}

/// Records the assembly's decision beside the result.
pub(super) fn ratify(arguments: &RatifyArguments, out: &mut dyn Write) -> Result<(), CliError> {
    let manifest = read_manifest(&arguments.manifest)?;
    let result = read_result(&arguments.result)?.result;
    let decided_on: Date = serde_json::from_value(arguments.decided_on.clone().into())?;
    let decision = match &arguments.changes {
        None => Decision::AsItStands,
        Some(file) => {
            let changes: Vec<Change> = serde_json::from_slice(&super::read(file)?)?;
            Decision::WithChanges(changes)
        }
    };
    let ratification = Ratification {
        format: RatificationFormat::V1,
        election_id: manifest.election_id(),
        result: result.hash()?,
        assembly: Bilingual {
            ko: arguments.assembly_ko.clone(),
            en: arguments.assembly_en.clone(),
        },
        decided_on,
        decision,
    };
    ratification.check(&result)?;
    let mut signed = SignedRatification::unsigned(ratification);
    for file in &arguments.keys {
        signed.sign(&read_key(file)?)?;
    }
    signed.verify(&manifest)?;
    write_new(&arguments.out, &signed.to_canonical()?)?;
    writeln!(out, "recorded; the citizens' result stays as it is")?;
    Ok(())
}

//! `observer receipt`.

use super::read_manifest;
use anyhow::Context;
use clap::Args;
use observer::KeptReceipt;
use observer::kept::verify_proof;
use std::path::PathBuf;
use std::process::ExitCode;
use voting_core::audit::log_policy;
use voting_core::codec::Decode;
use voting_core::entry::{Body, Entry};
use voting_core::keys::VerifyKey;
use voting_core::log::checkpoint::{LogPolicy, Origin, Quorum};
use voting_core::log::proof::TlogProof;
use voting_core::manifest::Manifest;
use voting_core::receipt;
use voting_core::tracking::TrackingCode;

/// Checks a receipt, or a tlog-proof with its entry, against the manifest or the log's key.
#[derive(Args)]
pub(crate) struct Receipt {
    /// The receipt (binary) or tlog-proof (text).
    file: PathBuf,
    /// The election's manifest.
    #[arg(long, required_unless_present = "log_key")]
    manifest: Option<PathBuf>,
    /// The log's public key, where the manifest is not at hand.
    #[arg(long, conflicts_with = "manifest")]
    log_key: Option<VerifyKey>,
    /// The log's origin, for a tlog-proof with `--log-key`.
    #[arg(long)]
    origin: Option<Origin>,
    /// The entry of a tlog-proof, where the proof does not hold it as its extra data.
    #[arg(long)]
    entry: Option<PathBuf>,
    /// The tracking code that it must be of: 64 hexadecimal digits.
    #[arg(long)]
    code: Option<TrackingCode>,
}

impl Receipt {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let manifest = self.manifest.as_deref().map(read_manifest).transpose()?;
        match KeptReceipt::read(&self.file)? {
            KeptReceipt::Receipt(receipt) => self.receipt(manifest.as_ref(), &receipt),
            KeptReceipt::Proof(proof) => self.proof(manifest.as_ref(), &proof),
        }?;
        Ok(ExitCode::SUCCESS)
    }

    fn receipt(
        &self,
        manifest: Option<&Manifest>,
        receipt: &receipt::Receipt,
    ) -> anyhow::Result<()> {
        let key = manifest.map(|m| m.keys.log).or(self.log_key);
        let key = key.context("the log's key is needed")?;
        receipt
            .verify(&key)
            .context("the log has not signed this receipt")?;
        if let Some(manifest) = manifest {
            anyhow::ensure!(
                receipt.election == manifest.election_id()
                    && receipt.origin == manifest.origin.as_str(),
                "the receipt is of another election or log"
            );
        }
        self.check_code(&receipt.code)?;
        println!(
            "the log promises: this ballot stands at entry {}",
            receipt.index
        );
        println!("election       {}", receipt.election);
        println!("log            {}", receipt.origin);
        println!(
            "tracking code  {} ({})",
            receipt.code.prefix(),
            receipt.code
        );
        println!("time           {} ms", receipt.time);
        println!("to see that the log kept its promise: observer verify URL --receipt FILE");
        Ok(())
    }

    fn proof(&self, manifest: Option<&Manifest>, proof: &TlogProof) -> anyhow::Result<()> {
        let policy = match (manifest, self.log_key, &self.origin) {
            (Some(manifest), _, _) => log_policy(manifest)?,
            (None, Some(key), Some(origin)) => LogPolicy::new(origin.clone(), key, Quorum::none())?,
            _ => anyhow::bail!("a tlog-proof needs --manifest, or --log-key with --origin"),
        };
        let entry = match &self.entry {
            Some(file) => std::fs::read(file).with_context(|| file.display().to_string())?,
            None => proof.extra().to_vec(),
        };
        anyhow::ensure!(
            !entry.is_empty(),
            "the proof does not hold its entry; give it with --entry"
        );
        let checkpoint = verify_proof(proof, &entry, &policy).map_err(anyhow::Error::msg)?;
        let decoded = Entry::from_bytes(&entry).context("the entry")?;
        println!(
            "entry {} is in the log of {} entries",
            proof.index(),
            checkpoint.size()
        );
        println!("root           {}", checkpoint.root());
        let Body::Ballot(cast) = &decoded.body else {
            anyhow::bail!("the entry is no ballot but: {}", decoded.body.kind());
        };
        let code = cast.tracking_code();
        self.check_code(&code)?;
        println!("tracking code  {} ({code})", code.prefix());
        Ok(())
    }

    fn check_code(&self, found: &TrackingCode) -> anyhow::Result<()> {
        match &self.code {
            Some(code) if code != found => anyhow::bail!("it is of another tracking code: {found}"),
            _ => Ok(()),
        }
    }
}

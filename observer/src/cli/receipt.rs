//! `observer receipt`.

use super::read_manifest;
use anyhow::Context;
use clap::Args;
use observer::KeptReceipt;
use observer::kept::{check_promised, verify_proof};
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

/// Checks a receipt, a tlog-proof as the gateway serves it at `log/proof/<index>`, or both
/// together, against the manifest or the log's key. Needs nothing else, and no network.
#[derive(Args)]
pub(crate) struct Receipt {
    /// The receipt (as the page saves it, or its bytes), the tlog-proof (text), or both: the proof is
    /// then of that receipt.
    #[arg(required = true, num_args = 1..=2)]
    files: Vec<PathBuf>,
    /// The election's manifest.
    #[arg(long, required_unless_present = "log_key")]
    manifest: Option<PathBuf>,
    /// The log's public key, where the manifest is not at hand.
    #[arg(long, conflicts_with = "manifest")]
    log_key: Option<VerifyKey>,
    /// The log's origin, for a tlog-proof with `--log-key`.
    #[arg(long)]
    origin: Option<Origin>,
    /// The entry of a tlog-proof that does not hold it as its extra data.
    #[arg(long)]
    entry: Option<PathBuf>,
    /// The tracking code that it must be of: 64 hexadecimal digits.
    #[arg(long)]
    code: Option<TrackingCode>,
}

impl Receipt {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let manifest = self.manifest.as_deref().map(read_manifest).transpose()?;
        let (mut receipt, mut proof) = (None, None);
        for file in &self.files {
            let repeated = match KeptReceipt::read(file)? {
                KeptReceipt::Receipt(found) => receipt.replace(found).is_some(),
                KeptReceipt::Proof(found) => proof.replace(found).is_some(),
            };
            anyhow::ensure!(!repeated, "two files are one receipt and one tlog-proof");
        }
        if let Some(receipt) = &receipt {
            self.receipt(manifest.as_ref(), receipt)?;
        }
        match (&receipt, &proof) {
            (Some(receipt), Some(proof)) => {
                let entry = self.proof(manifest.as_ref(), proof)?;
                check_promised(receipt, &entry).map_err(anyhow::Error::msg)?;
                println!("the log kept its promise");
            }
            (None, Some(proof)) => drop(self.proof(manifest.as_ref(), proof)?),
            _ => println!(
                "to see that the log kept it: give its tlog-proof too, or \
                 observer verify URL --receipt FILE"
            ),
        }
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
        Ok(())
    }

    /// Verifies a proof; gives the ballot's entry that it is of.
    fn proof(&self, manifest: Option<&Manifest>, proof: &TlogProof) -> anyhow::Result<Entry> {
        let policy = self.policy(manifest)?;
        let entry = match &self.entry {
            Some(file) => std::fs::read(file).with_context(|| file.display().to_string())?,
            None => proof.extra().to_vec(),
        };
        anyhow::ensure!(
            !entry.is_empty(),
            "the proof does not hold its entry; give it with --entry"
        );
        let opened = verify_proof(proof, &entry, &policy).map_err(anyhow::Error::msg)?;
        let checkpoint = opened.checkpoint();
        let entry = Entry::from_bytes(&entry).context("the entry")?;
        let Body::Ballot(cast) = &entry.body else {
            anyhow::bail!("the entry is no ballot but: {}", entry.body.kind());
        };
        let code = cast.tracking_code();
        self.check_code(&code)?;
        println!(
            "this ballot is entry {} of a log of {} entries",
            proof.index(),
            checkpoint.size()
        );
        println!("root           {}", checkpoint.root());
        println!("tracking code  {} ({code})", code.prefix());
        println!("{}", witnesses(&policy, opened.cosignatures().len()));
        Ok(entry)
    }

    fn policy(&self, manifest: Option<&Manifest>) -> anyhow::Result<LogPolicy> {
        Ok(match (manifest, self.log_key, &self.origin) {
            (Some(manifest), _, _) => log_policy(manifest)?,
            (None, Some(key), Some(origin)) => LogPolicy::new(origin.clone(), key, Quorum::none())?,
            _ => anyhow::bail!("a tlog-proof needs --manifest, or --log-key with --origin"),
        })
    }

    fn check_code(&self, found: &TrackingCode) -> anyhow::Result<()> {
        match &self.code {
            Some(code) if code != found => anyhow::bail!("it is of another tracking code: {found}"),
            _ => Ok(()),
        }
    }
}

/// What the checkpoint's signatures are worth.
fn witnesses(policy: &LogPolicy, cosigned: usize) -> String {
    let needed = policy.quorum().n();
    match cosigned {
        _ if needed == 0 || cosigned < needed => format!(
            "witnesses      {cosigned} cosigned: by the log's word alone; compare the root with \
             others'"
        ),
        _ => format!("witnesses      {cosigned} cosigned, {needed} are needed"),
    }
}

//! The command line.

mod keygen;
mod step;
mod submit;

use age::secrecy::SecretString;
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use trustee::vault::Vault;
use zeroize::Zeroizing;

/// Hanpyo's trustee: the key ceremony, and one decryption of one ballot set.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draw a trustee's keys into a new file and print what the manifest needs of them.
    Keygen(keygen::Keygen),
    /// First round of the key ceremony: commit.
    Round1(step::StepArgs),
    /// Second round: deal a share to every other trustee.
    Round2(step::StepArgs),
    /// Third: check what the others dealt; confirm the election key, or complain.
    Confirm(step::StepArgs),
    /// After the close: make this trustee's decryption shares.
    Share(step::ShareArgs),
    /// Say where the election and this trustee stand.
    Status(step::StepArgs),
    /// Post message files to a gateway.
    Submit(submit::Submit),
}

/// How the files with secrets are opened.
#[derive(Args)]
pub(crate) struct Passphrase {
    /// A file with the passphrase in its first line; without it, the terminal is asked.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// For tests: a weaker scrypt.
    #[arg(long, hide = true)]
    test_scrypt_work_factor: Option<u8>,
}

impl Passphrase {
    /// The vault; a new passphrase is asked for twice.
    pub(crate) fn vault(&self, new: bool) -> anyhow::Result<Vault> {
        let text = match &self.passphrase_file {
            Some(file) => first_line(file)?,
            None => ask(new)?,
        };
        anyhow::ensure!(!text.is_empty(), "the passphrase is empty");
        let vault = Vault::new(SecretString::from(text.to_string()));
        Ok(match self.test_scrypt_work_factor {
            Some(work_factor) => vault.with_work_factor(work_factor),
            None => vault,
        })
    }
}

fn first_line(file: &PathBuf) -> anyhow::Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let text = Zeroizing::new(text);
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().to_owned(),
    ))
}

fn ask(new: bool) -> anyhow::Result<Zeroizing<String>> {
    let first = Zeroizing::new(rpassword::prompt_password("passphrase: ")?);
    if new {
        let second = Zeroizing::new(rpassword::prompt_password("once more:  ")?);
        anyhow::ensure!(*first == *second, "the two passphrases differ");
    }
    Ok(first)
}

/// Runs the command: 0 if the step was taken, 1 if not, 2 on wrong usage.
pub(crate) fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Keygen(command) => command.run(),
        Command::Round1(args) => args.run(step::Kind::RoundOne),
        Command::Round2(args) => args.run(step::Kind::RoundTwo),
        Command::Confirm(args) => args.run(step::Kind::Confirm),
        Command::Share(args) => args.run(),
        Command::Status(args) => args.run(step::Kind::Status),
        Command::Submit(command) => command.run(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("trustee: {error:#}");
        ExitCode::FAILURE
    })
}

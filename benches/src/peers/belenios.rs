//! Debian's `belenios-tool`: a whole small election with it, as its own example does.

use super::{Arguments, Figures};
use anyhow::{Context, bail, ensure};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

const GROUP: &str = "BELENIOS-2048";
/// How many ballots are verified, beside those whose cost is taken off.
const BALLOTS: usize = 8;

pub(super) fn measure(arguments: &Arguments) -> anyhow::Result<Figures> {
    let version = version(arguments)?;
    let folder = tempfile::tempdir()?;
    let dir = folder.path();
    set_up(dir, arguments)?;
    let seal = [
        "election",
        "generate-ballot",
        "--privcred",
        "cred",
        "--ballot",
        "vote.json",
    ];
    let (mut seal_ms, mut ballot) = (f64::MAX, Vec::new());
    for _ in 0..arguments.rounds {
        let (output, ms) = timed(dir, &seal)?;
        (seal_ms, ballot) = (seal_ms.min(ms), output.stdout);
    }
    // What verifying costs beside the ballots is in the first measure as well.
    cast(dir)?;
    let verify = ["election", "verify"];
    let one = least(dir, arguments.rounds, &verify)?;
    (0..BALLOTS).try_for_each(|_| cast(dir))?;
    let all = least(dir, arguments.rounds, &verify)?;
    Ok(Figures {
        name: format!("belenios-tool {version}"),
        bytes: ballot.trim_ascii().len(),
        seal_ms,
        verify_ms: (all - one) / BALLOTS as f64,
        note: "a multiplicative group of 2048 bits; sealing with the program's start",
    })
}

/// Its version; installed from Debian's packages where it is missing and that is possible.
fn version(arguments: &Arguments) -> anyhow::Result<String> {
    let ask = || Command::new("belenios-tool").arg("--version").output();
    if ask().is_err() && !arguments.no_install {
        for args in [
            ["update", "-qq"].as_slice(),
            &["install", "-y", "-qq", "belenios-tool"],
        ] {
            let installed = Command::new("apt-get").args(args).output();
            let installed = installed.context("it is not installed, and there is no apt-get")?;
            ensure!(installed.status.success(), "it cannot be installed here");
        }
    }
    let output = ask().context("it is not installed")?;
    ensure!(output.status.success(), "it does not start");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn set_up(dir: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let token = tool(dir, &["setup", "generate-token"])?;
    let uuid = String::from_utf8(token.stdout)?.trim().to_owned();
    let names: Vec<String> = (0..=BALLOTS)
        .map(|n| format!("v{n}@example.com,v{n},1\n"))
        .collect();
    std::fs::write(dir.join("voters.txt"), names.concat())?;
    let of = ["--uuid", &uuid, "--group", GROUP];
    let voters = ["setup", "generate-credentials", "--file", "voters.txt"];
    tool(dir, &[&voters[..], &of].concat())?;
    rename(dir, "pubcreds", "public_creds.json")?;
    rename(dir, "privcreds", "private_creds.txt")?;
    tool(dir, &["setup", "generate-trustee-key", "--group", GROUP])?;
    rename(dir, "pubkey", "public_keys.jsons")?;
    tool(dir, &["setup", "make-trustees"])?;
    let (options, max) = (arguments.options as usize, arguments.max as usize);
    let answers: Vec<String> = (0..options).map(|n| format!("option {n}")).collect();
    let question =
        serde_json::json!({ "answers": answers, "min": 0, "max": max, "question": "which" });
    let template = serde_json::json!({
        "description": "", "name": "", "questions": [question],
        "administrator": "", "credential_authority": "",
    });
    std::fs::write(dir.join("template.json"), template.to_string())?;
    let make = ["setup", "make-election", "--template", "template.json"];
    tool(dir, &[&make[..], &of].concat())?;
    tool(dir, &["archive", "init"])?;
    // What is in the archive must not lie beside it.
    for file in ["election.json", "trustees.json", "public_creds.json"] {
        std::fs::remove_file(dir.join(file))?;
    }
    let vote: Vec<u8> = (0..options).map(|n| u8::from(n < max)).collect();
    std::fs::write(dir.join("vote.json"), serde_json::to_string(&[vote])?)?;
    next_credential(dir)
}

/// One more voter's ballot into the archive.
fn cast(dir: &Path) -> anyhow::Result<()> {
    let seal = [
        "election",
        "generate-ballot",
        "--privcred",
        "cred",
        "--ballot",
        "vote.json",
    ];
    let ballot = tool(dir, &seal)?;
    std::fs::write(dir.join("ballot.json"), ballot.stdout)?;
    let add = "belenios-tool archive add-event --type=Ballot < ballot.json";
    let added = Command::new("sh")
        .args(["-c", add])
        .current_dir(dir)
        .output()?;
    ensure!(added.status.success(), "a ballot cannot be added");
    next_credential(dir)
}

/// Moves the next voter's credential to the file `cred`.
fn next_credential(dir: &Path) -> anyhow::Result<()> {
    let file = dir.join("private_creds.txt");
    let text = std::fs::read_to_string(&file)?;
    let (line, rest) = text.split_once('\n').unwrap_or_default();
    let (_, credential) = line.rsplit_once(' ').unwrap_or_default();
    std::fs::write(dir.join("cred"), credential)?;
    Ok(std::fs::write(&file, rest)?)
}

/// Renames the one file with this extension.
fn rename(dir: &Path, extension: &str, name: &str) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            return Ok(std::fs::rename(path, dir.join(name))?);
        }
    }
    bail!("it made no .{extension} file")
}

fn least(dir: &Path, rounds: usize, args: &[&str]) -> anyhow::Result<f64> {
    let mut least = f64::MAX;
    for _ in 0..rounds {
        least = least.min(timed(dir, args)?.1);
    }
    Ok(least)
}

fn tool(dir: &Path, args: &[&str]) -> anyhow::Result<Output> {
    Ok(timed(dir, args)?.0)
}

/// Runs it; its output, and its processor time in milliseconds as the shell measures it.
fn timed(dir: &Path, args: &[&str]) -> anyhow::Result<(Output, f64)> {
    let mut command = Command::new("bash");
    // The shell's own line goes last to its error output, behind the program's.
    let script = "TIMEFORMAT='%U %S'; time belenios-tool \"$@\"";
    command.args(["-c", script, "belenios-tool"]).args(args);
    let output = command
        .current_dir(dir)
        .env("BELENIOS_USE_URANDOM", "1")
        .env("LC_ALL", "C")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.success(),
        "`{}` failed: {said}",
        args.join(" ")
    );
    let last = said.trim().lines().last().unwrap_or_default().to_owned();
    let seconds = last.split(' ').map(str::parse::<f64>);
    let seconds = seconds.sum::<Result<f64, _>>();
    Ok((output, 1000.0 * seconds.context("the shell's times")?))
}

//! The `tally` command.

use clap::Parser;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = tally::cli::Arguments::parse();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    match tally::cli::run(&arguments, &mut out, &mut err).and_then(|()| Ok(out.flush()?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(tally::cli::CliError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Nothing is left to do where even standard error is closed.
            let _ = writeln!(err, "tally: {error}");
            ExitCode::FAILURE
        }
    }
}

//! The real binary.

use super::{Api, World};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A gateway in a process of its own, under the system's clock. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) api: Api,
}

/// The binary under test.
pub(crate) fn gateway_command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gateway"))
}

impl World {
    /// Starts the binary and waits until it listens.
    pub(crate) fn spawn(&self) -> Process {
        Process::start(&mut self.serve_command())
    }

    /// `gateway serve` on a free port.
    pub(crate) fn serve_command(&self) -> Command {
        let mut command = gateway_command();
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(self.data());
        command.arg("--keys").arg(self.keys_folder());
        command.arg("--roll").arg(self.roll_file());
        command.env("RUST_LOG", "warn").stderr(Stdio::null());
        command
    }
}

impl Process {
    /// Starts a command and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("the gateway did not start: {line:?}"));
        let api = Api::new(url);
        Self { child, api }
    }

    /// SIGKILL: nothing of the process runs after it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; whether the process ended well.
    pub(crate) fn terminate(mut self) -> bool {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! The real binary.

use super::{Api, World};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A gateway in a process of its own, under the system's clock. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
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
        command.env("RUST_LOG", "warn").stderr(Stdio::null());
        command
    }
}

impl Process {
    /// Starts a command and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("the gateway did not start: {line:?}"));
        let api = Api::new(url);
        Self { child, stdout, api }
    }

    /// The address for whoever runs it, which it prints next if it has one.
    pub(crate) fn operations(&mut self) -> Api {
        Api::new(&self.next("operations on "))
    }

    /// Where the other gateways of its database reach it, which it prints last if it has one.
    pub(crate) fn cluster_address(&mut self) -> String {
        self.next("cluster on ")
    }

    fn next(&mut self, what: &str) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim().strip_prefix(what).unwrap().to_owned()
    }

    /// SIGKILL: nothing of the process runs after it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; whether the process ended well.
    pub(crate) fn terminate(self) -> bool {
        self.signal("-TERM");
        self.ended()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end; whether it was a good one.
    pub(crate) fn ended(mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! Progress bars, on a terminal only.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use observer::{Part, Progress};
use std::io::IsTerminal;

/// Bars on the standard error.
pub(crate) struct Bars {
    entries: ProgressBar,
    ballots: ProgressBar,
    files: ProgressBar,
}

impl Bars {
    /// Bars, hidden unless wanted and on a terminal.
    pub(crate) fn new(wanted: bool) -> Self {
        let all = MultiProgress::new();
        let shown = wanted && std::io::stderr().is_terminal();
        let bar = |name: &'static str, template: &str| {
            let bar = match shown {
                true => all.add(ProgressBar::no_length()),
                false => ProgressBar::hidden(),
            };
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(name);
            bar
        };
        let known = "{msg:<8} {bar:40} {human_pos}/{human_len} {per_sec} {eta}";
        Self {
            entries: bar("entries", known),
            ballots: bar("proofs", "{msg:<8} {human_pos} verified"),
            files: bar("files", known),
        }
    }

    fn of(&self, part: Part) -> &ProgressBar {
        match part {
            Part::Entries => &self.entries,
            Part::Ballots => &self.ballots,
            Part::Files => &self.files,
        }
    }
}

impl Progress for Bars {
    fn begin(&self, part: Part, total: u64) {
        self.of(part).set_length(total);
    }

    fn reached(&self, part: Part, done: u64) {
        self.of(part).set_position(done);
    }

    fn end(&self, part: Part) {
        self.of(part).finish_and_clear();
    }
}

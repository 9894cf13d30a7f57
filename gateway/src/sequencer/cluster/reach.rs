//! Whether what is to be appended gets anywhere from a member.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Tells, as it changes, whether a member sequences or is connected to whoever does. For as long as
/// a take-over may take it goes on to say so: if every gateway sent people away meanwhile, nobody
/// would be served for longer than it takes.
pub(in crate::sequencer) struct Reach {
    known: watch::Sender<bool>,
    last: Option<Instant>,
    patience: Duration,
}

impl Reach {
    pub(in crate::sequencer) fn new(patience: Duration) -> (Self, watch::Receiver<bool>) {
        let (known, shown) = watch::channel(false);
        let last = None;
        let reach = Self {
            known,
            last,
            patience,
        };
        (reach, shown)
    }

    /// Notes whether it does now.
    pub(super) fn note(&mut self, reaches: bool, now: Instant) {
        if reaches {
            self.last = Some(now);
        }
        let patience = self.patience;
        let lately = self.last.is_some_and(|last| now - last < patience);
        self.known.send_if_modified(|known| {
            let changed = *known != lately;
            *known = lately;
            changed
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_over_does_not_show_and_a_longer_silence_does() {
        let (mut reach, shown) = Reach::new(Duration::from_secs(6));
        let began = Instant::now();
        let mut after = |seconds, reaches| {
            reach.note(reaches, began + Duration::from_secs(seconds));
            *shown.borrow()
        };
        assert!(!after(0, false), "it never did");
        assert!(after(1, true));
        assert!(after(6, false));
        assert!(!after(7, false));
        assert!(after(8, true));
    }
}

//! Which acts a stage allows here, as PROTOCOL.md, "Stages", has them. The log decides.

/// What else than the stage decides, from the log's end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// Totals of an offline group are not in.
    pub(super) offline_missing: bool,
    /// A decryption share is in: from then on nothing that decides the result may change.
    pub(super) shares: bool,
    /// The pseudonym key is destroyed, which happens once.
    pub(super) key_destroyed: bool,
    /// The manifest has a class with a roll.
    pub(super) rolls: bool,
}

impl Facts {
    /// Whether the log's end decides at a stage.
    pub(super) fn matter(stage: &str) -> bool {
        matches!(stage, "closed" | "published" | "ratified" | "annulled")
    }

    fn allow(self, action: &str) -> bool {
        match action {
            "withdraw" => !self.shares,
            "offline-totals" => self.offline_missing,
            "destroy-pseudonym-key" => !self.key_destroyed,
            "roll" => self.rolls,
            _ => true,
        }
    }
}

/// The acts that a stage allows, the usual next one first.
pub(super) fn possible(stage: &str, facts: Facts) -> impl Iterator<Item = &'static str> {
    let all = of_stage(stage).iter().copied();
    all.filter(move |action| facts.allow(action))
}

fn of_stage(stage: &str) -> &'static [&'static str] {
    match stage {
        "ceremony" => &[
            "open",
            "notice",
            "roll",
            "restart-ceremony",
            "withdraw",
            "annul",
        ],
        "open" => &[
            "pause",
            "extend",
            "notice",
            "roll",
            "software-changed",
            "withdraw",
            "close",
            "annul",
        ],
        "paused" => &[
            "resume",
            "extend",
            "notice",
            "roll",
            "software-changed",
            "withdraw",
            "close",
            "annul",
        ],
        "closed" => &["offline-totals", "publish", "notice", "withdraw", "annul"],
        "published" => &["ratify", "notice", "destroy-pseudonym-key", "annul"],
        "ratified" => &["notice", "destroy-pseudonym-key", "annul"],
        "annulled" => &["notice", "destroy-pseudonym-key"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const PROTOCOL: &str = include_str!("../../../docs/PROTOCOL.md");

    /// The actions in a row's third column, by stage.
    fn row(line: &str) -> Option<(&str, BTreeSet<&str>)> {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (stage, _, actions) = (cells.next()?, cells.next()?, cells.next()?);
        let words = actions.split('`').skip(1).step_by(2);
        Some((stage, words.collect()))
    }

    #[test]
    fn every_stage_allows_what_the_protocol_says() {
        let section = PROTOCOL.split("\n## Stages\n").nth(1).unwrap();
        let table = section
            .lines()
            .skip_while(|line| !line.starts_with("| empty"));
        let rows: Vec<_> = table.map_while(row).collect();
        assert_eq!(rows.len(), 8);
        let facts = Facts {
            offline_missing: true,
            rolls: true,
            ..Facts::default()
        };
        // The first act is the founding, which a draft proposes.
        for (stage, actions) in &rows[1..] {
            assert_eq!(
                possible(stage, facts).collect::<BTreeSet<_>>(),
                *actions,
                "{stage}"
            );
        }
    }

    #[test]
    fn what_is_in_the_log_takes_acts_away() {
        let seen = Facts {
            shares: true,
            key_destroyed: true,
            ..Facts::default()
        };
        assert_eq!(
            possible("closed", seen).collect::<Vec<_>>(),
            ["publish", "notice", "annul"]
        );
        assert_eq!(
            possible("published", seen).collect::<Vec<_>>(),
            ["ratify", "notice", "annul"]
        );
        assert_eq!(possible("annulled", seen).collect::<Vec<_>>(), ["notice"]);
        assert!(!possible("open", seen).any(|action| action == "roll"));
    }
}

//! Every real file is read strictly, and its ballots give the totals that it states.

mod support;

use tally::pb;

#[test]
fn every_file_recounts_to_its_own_totals() {
    for (name, bytes) in support::files() {
        let options = pb::Options::new(&name);
        let text = pb::decode(&bytes, &options).unwrap();
        let file = pb::parse(&text, &options).unwrap_or_else(|error| panic!("{error}"));
        let count = file.count();
        assert_eq!(count.ballots as usize, file.ballot_count());
        for (i, project) in file.projects.iter().enumerate() {
            let votes = project.votes.unwrap().units(0).unwrap();
            assert_eq!(i128::from(count.marks[i]), votes, "{name} {}", project.id);
            if let Some(score) = project.score {
                assert_eq!(
                    score.units(count.scale),
                    Some(count.units[i]),
                    "{name} {}",
                    project.id
                );
            }
        }
        for finding in file.findings.kept() {
            let harmless = finding.problem.severity() == pb::Severity::Notice;
            assert!(harmless, "{finding}");
        }
    }
}

#[test]
fn reading_once_or_rejecting_changes_only_the_file_with_a_repeated_mark() {
    for (name, bytes) in support::files() {
        let text = String::from_utf8(bytes).unwrap();
        let total = |duplicate_marks| {
            let options = pb::Options {
                duplicate_marks,
                ..pb::Options::new(&name)
            };
            pb::parse(&text, &options)
                .unwrap()
                .count()
                .marks
                .iter()
                .sum::<u64>()
        };
        let counted = total(pb::DuplicateMarks::Count);
        let repeated = name == "Poland_Warszawa_2026_Blonia_Wilanowskie.pb";
        let (once, rejected) = if repeated { (1, 5) } else { (0, 0) };
        assert_eq!(counted - total(pb::DuplicateMarks::Once), once, "{name}");
        assert_eq!(
            counted - total(pb::DuplicateMarks::Reject),
            rejected,
            "{name}"
        );
    }
}

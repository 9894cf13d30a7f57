use super::*;
use voting_core::manifest::testing::{OPENS_AT, document};

const PROJECTS: &[u8] = include_bytes!("../../../deploy/demo-projects.json");

fn offices() -> Offices {
    let sample = document(3, 2);
    Offices {
        keys: sample.keys,
        staff: sample.staff.members,
        trustees: sample.trustees.members,
    }
}

fn hours() -> Hours {
    let closes_at = UnixMillis::new(OPENS_AT.get() + 60_000);
    Hours {
        opens_at: OPENS_AT,
        closes_at,
    }
}

#[test]
fn the_demonstration_is_seouls_of_2019_in_size_and_picks() {
    let manifest = of_projects(PROJECTS, offices(), hours()).unwrap();
    let contest = &manifest.contests[0];
    let of = |list: &str| {
        let id = list.parse().unwrap();
        contest
            .projects
            .iter()
            .filter(|p| p.list.as_ref() == Some(&id))
            .count()
    };
    assert_eq!((of("proposal"), of("governance")), (77, 24));
    let picks: Vec<u32> = contest
        .lists
        .iter()
        .map(|list| list.picks.unwrap().max)
        .collect();
    assert_eq!((picks, contest.picks.max), (vec![7, 3], 10));
    let cost: u64 = contest
        .projects
        .iter()
        .map(|project| project.cost.get())
        .sum();
    assert_eq!(cost, 49_580_000_000);
}

#[test]
fn no_two_projects_share_a_title_and_amounts_are_as_budgets_are() {
    let manifest = of_projects(PROJECTS, offices(), hours()).unwrap();
    let mut titles = std::collections::BTreeSet::new();
    for candidate in manifest.projects() {
        let project = candidate.project;
        assert!(titles.insert(&project.title.ko), "{}", project.title.ko);
        assert!(titles.insert(&project.title.en), "{}", project.title.en);
        assert_eq!(project.cost.get() % 1_000_000, 0, "{}", project.title.ko);
        assert!(project.title.ko.chars().any(|c| ('가'..='힣').contains(&c)));
        assert!(project.title.en.is_ascii(), "{}", project.title.en);
    }
}

//! Limits that no choice keeps, against trying every choice.

use super::*;

/// Every subset of up to 6 projects, tried one by one.
fn some_choice_keeps(contest: &Contest) -> bool {
    let within =
        |picks: Option<Picks>, count: u32| picks.is_none_or(|p| (p.min..=p.max).contains(&count));
    (0u32..1 << contest.projects.len()).any(|set| {
        let chosen: Vec<_> = contest
            .projects
            .iter()
            .enumerate()
            .filter(|(i, _)| set >> i & 1 == 1)
            .map(|(_, p)| p)
            .collect();
        let count = |f: &dyn Fn(&Project) -> bool| {
            u32::try_from(chosen.iter().filter(|p| f(p)).count()).unwrap()
        };
        within(Some(contest.picks), count(&|_| true))
            && contest
                .lists
                .iter()
                .all(|l| within(l.picks, count(&|p| p.list.as_ref() == Some(&l.id))))
            && contest
                .fields
                .iter()
                .all(|f| within(f.picks, count(&|p| p.field.as_ref() == Some(&f.id))))
    })
}

fn picks_up_to(max: u32) -> impl Strategy<Value = Picks> {
    (0..=max, 1..=max).prop_map(|(a, b)| Picks {
        min: a.min(b),
        max: b,
    })
}

proptest! {
    #[test]
    fn limits_are_refused_exactly_when_no_choice_keeps_them(
        overall in picks_up_to(6),
        parts in proptest::collection::vec(picks_up_to(3), 4),
        places in proptest::collection::vec((0usize..2, 0usize..2), 6),
    ) {
        let mut d = rich();
        let contest = &mut d.contests[0];
        contest.picks = overall;
        for (project, (list, field)) in contest.projects.iter_mut().zip(places) {
            project.list = Some(contest.lists[list].id.clone());
            project.field = Some(contest.fields[field].id.clone());
        }
        let fits = |picks: Picks, members: usize| Some(picks).filter(|p| p.max as usize <= members);
        for i in 0..2 {
            let id = contest.lists[i].id.clone();
            let members = contest.projects.iter().filter(|p| p.list.as_ref() == Some(&id)).count();
            contest.lists[i].picks = fits(parts[i], members);
            let id = contest.fields[i].id.clone();
            let members = contest.projects.iter().filter(|p| p.field.as_ref() == Some(&id)).count();
            contest.fields[i].picks = fits(parts[2 + i], members);
        }
        let expected = some_choice_keeps(contest);
        let refused = match d.validate() {
            Err(ManifestError::Invalid(p)) => p.iter().any(|p| p.path == "contests[0].picks"),
            _ => false,
        };
        // An empty list or field is another problem, reported before this one is looked at.
        let empty = d.validate().is_err_and(|e| e.to_string().contains("no project is in it"));
        prop_assert!(empty || refused != expected);
    }
}

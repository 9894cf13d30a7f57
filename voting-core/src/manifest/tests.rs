use super::testing::{document, keys, manifest, name, text, won};
use super::*;
use crate::rule::*;
use proptest::prelude::*;

mod feasible;
mod json;
mod whole;

/// A document that uses everything: two lists, two fields, an offline group, a witness.
fn rich() -> Document {
    let mut d = document(6, 3);
    let contest = &mut d.contests[0];
    let lists = [
        ("open", "광역제안형", "Proposals"),
        ("joint", "광역협치형", "Governance"),
    ];
    contest.lists = lists
        .map(|(id, ko, en)| List {
            id: name(id),
            title: text(ko, en),
            picks: Some(Picks { min: 0, max: 2 }),
        })
        .into();
    let fields = [("park", "공원", "Parks"), ("road", "교통", "Traffic")];
    contest.fields = fields
        .map(|(id, ko, en)| Field {
            id: name(id),
            title: text(ko, en),
            picks: Some(Picks { min: 1, max: 2 }),
        })
        .into();
    for (i, project) in contest.projects.iter_mut().enumerate() {
        project.list = Some(name(["open", "joint"][i % 2]));
        project.field = Some(name(["park", "road"][i / 3]));
    }
    contest.rule.conflicts = vec![ConflictSet {
        projects: vec![name("p1"), name("p2")],
    }];
    d.offline_groups = vec![OfflineGroup {
        id: name("survey"),
        title: text("설문", "Survey"),
        key: keys().offline_group.verify_key(),
    }];
    let Weighting::Share { shares, .. } = &mut contest.rule.weighting else {
        unreachable!("the sample weighs by share")
    };
    shares[1].share = name("50");
    shares.push(ClassShare {
        class: name("survey"),
        share: name("10"),
    });
    d.witnesses = Witnesses {
        quorum: 1,
        members: vec![Witness {
            name: name("witness.example.org"),
            key: keys().witness.verify_key(),
        }],
    };
    d
}

#[test]
fn the_sample_manifest_shows_everything() {
    let json = include_bytes!("../../../docs/samples/manifest.json");
    assert_eq!(
        Manifest::parse(json).unwrap(),
        Manifest::new(rich()).unwrap()
    );
}

#[test]
fn limits_stand_in_the_documented_order() {
    let m = Manifest::new(rich()).unwrap();
    let seen: Vec<_> = m
        .limits()
        .iter()
        .map(|l| (l.scope, l.members.clone(), l.min, l.max))
        .collect();
    assert_eq!(
        seen,
        [
            (LimitScope::Overall, vec![0, 1, 2, 3, 4, 5], 0, 3),
            (LimitScope::List(0), vec![0, 2, 4], 0, 2),
            (LimitScope::List(1), vec![1, 3, 5], 0, 2),
            (LimitScope::Field(0), vec![0, 1, 2], 1, 2),
            (LimitScope::Field(1), vec![3, 4, 5], 1, 2),
        ]
    );
}

#[test]
fn a_limit_that_cannot_bind_is_left_out_unless_it_is_overall() {
    let mut d = rich();
    d.contests[0].picks.max = 6;
    d.contests[0].lists[0].picks = Some(Picks { min: 0, max: 3 });
    d.contests[0].lists[1].picks = Some(Picks { min: 1, max: 3 });
    d.contests[0].fields[0].picks = None;
    let m = Manifest::new(d).unwrap();
    let scopes: Vec<_> = m.limits().iter().map(|l| l.scope).collect();
    assert_eq!(
        scopes,
        [
            LimitScope::Overall,
            LimitScope::List(1),
            LimitScope::Field(1)
        ]
    );
}

#[test]
fn positions_run_through_all_contests() {
    let mut d = rich();
    let mut second = document(2, 1).contests.remove(0);
    second.id = name("second");
    second.rule = d.contests[0].rule.clone();
    second.rule.conflicts.clear();
    second.projects[0].id = name("q1");
    second.projects[1].id = name("q2");
    d.contests.push(second);
    let m = Manifest::new(d).unwrap();
    let seen: Vec<_> = m
        .projects()
        .map(|c| (c.position, c.contest_index, c.project.id.as_str()))
        .collect();
    assert_eq!(seen[5..], [(5, 0, "p6"), (6, 1, "q1"), (7, 1, "q2")]);
    assert_eq!(m.project_count(), 8);
    assert_eq!(m.limits()[5].members, [6, 7]);
    assert_eq!(m.limits()[5].contest_index, 1);
}

#[test]
fn classes_and_trustees_are_found_by_their_place() {
    let m = manifest(3, 1);
    let citizen = m.class_index(&name("citizen")).unwrap();
    assert_eq!(citizen.get(), 1);
    assert_eq!(m.class(citizen).unwrap().title.ko, "시민");
    assert_eq!(m.class_index(&name("nobody")), None);
    assert_eq!(m.class(ClassIndex::new(2)), None);
    let rolls = [0, 1, 2].map(|index| m.has_roll(ClassIndex::new(index)));
    assert_eq!(rolls, [true, false, false]);
    assert_eq!(m.trustee(TrusteeId::new(0)), None);
    assert_eq!(m.trustee(TrusteeId::new(3)).unwrap().name, "trustee 3");
    assert_eq!(m.trustee(TrusteeId::new(4)), None);
    assert_eq!(m.trustee_keys().next().unwrap().0, TrusteeId::new(1));
}

#[test]
fn ages_are_full_years_on_the_day() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let on = day("2026-08-03");
    for (birth, age) in [
        ("2012-08-03", Some(14)),
        ("2012-08-04", Some(13)),
        ("2026-08-03", Some(0)),
        ("2026-08-04", None),
        ("2027-01-01", None),
    ] {
        assert_eq!(on.age_of(day(birth)), age, "{birth}");
    }
    assert_eq!(day("2026-02-28").age_of(day("2012-02-29")), Some(13));
    assert_eq!(day("2026-03-01").age_of(day("2012-02-29")), Some(14));
}

#[test]
fn wrong_dates_are_refused() {
    for wrong in [
        "2026-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-1-01",
        "2026-01-00",
        "+026-01-01",
        "1899-12-31",
        "2026-01-01 ",
        "2026/01/01",
        "２０２６-01",
        "",
    ] {
        assert_eq!(wrong.parse::<Date>(), Err(DateError), "{wrong}");
    }
    assert_eq!(
        "2028-02-29".parse::<Date>().unwrap().to_string(),
        "2028-02-29"
    );
}

use super::*;
use crate::pb;
use proptest::prelude::*;

fn stratum(name: &str, ballots: u64, marks: &[u64]) -> Stratum {
    Stratum {
        name: name.to_owned(),
        ballots,
        marks: marks.to_vec(),
    }
}

fn projects(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("p{n}")).collect()
}

#[test]
fn one_project_far_out_is_reported_with_its_exact_statistic() {
    let strata = [
        stratum("old", 400, &[300, 40, 60]),
        stratum("young", 10_000, &[200, 1_000, 1_500]),
    ];
    let report = shares(&projects(3), &strata, 50);
    assert_eq!(report.findings.len(), 1);
    let found = &report.findings[0];
    assert_eq!(
        (found.stratum.as_str(), found.project.as_str()),
        ("old", "p1")
    );
    assert_eq!(
        (
            found.percent_there.as_str(),
            found.percent_elsewhere.as_str()
        ),
        ("75", "2")
    );
    // r = 201/10002, so that z^2 = (300 - 400 r)^2 / (400 r (1 - r)).
    let r = BigRational::new(201.into(), 10_002.into());
    let n = crate::exact::whole(400);
    let above = crate::exact::whole(300) - &n * &r;
    let square = &above * &above / (&n * &r * (crate::exact::whole(1) - &r));
    assert_eq!(found.z_squared, square.to_string());
    assert_eq!(found.z, "104.02");
}

#[test]
fn differing_tastes_and_small_groups_are_not_reported() {
    // The young like p1 and p2 far more: both stand out, neither alone.
    let tastes = [
        stratum("old", 5_000, &[100, 100, 2_000]),
        stratum("young", 5_000, &[1_500, 1_400, 1_900]),
    ];
    assert!(shares(&projects(3), &tastes, 50).findings.is_empty());
    let small = [
        stratum("few", 49, &[49, 0]),
        stratum("many", 10_000, &[10, 5_000]),
    ];
    let report = shares(&projects(2), &small, 50);
    assert!(report.findings.is_empty());
    // The many are not looked at either: too few ballots are elsewhere.
    assert_eq!((report.strata, report.too_small), (0, 2));
}

#[test]
fn strata_of_a_file_are_decades_and_values() {
    let text = "META\nkey;value\nbudget;9\nvote_type;approval\nPROJECTS\nproject_id;cost\na;5\nb;4\n\
        VOTES\nvoter_id;vote;age;voting_method\n1;a,a,b;93;internet\n2;a;7;paper\n3;b;;paper\n";
    let file = pb::parse(text, &pb::Options::new("t.pb")).unwrap();
    let columns = ["age".to_owned(), "voting_method".to_owned()];
    let strata = file_strata(&file, &columns).unwrap();
    let named: Vec<_> = strata
        .iter()
        .map(|s| (s.name.as_str(), s.ballots, &s.marks[..]))
        .collect();
    assert_eq!(
        named,
        [
            ("age , voting_method paper", 1, &[0, 1][..]),
            ("age 0-9, voting_method paper", 1, &[1, 0][..]),
            ("age 90-99, voting_method internet", 1, &[1, 1][..]),
        ]
    );
    let missing = file_strata(&file, &["district".to_owned()]);
    assert_eq!(missing, Err(StrataError::NoColumn("district".to_owned())));
}

#[test]
fn a_burst_of_arrivals_is_reported() {
    let mut ballots = vec![20; 120];
    ballots[60] = 700;
    let series = ArrivalSeries {
        name: "citizen, phone".to_owned(),
        first_minute: 1_000,
        ballots,
    };
    let found = arrivals(std::slice::from_ref(&series), 50);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].minute, found[0].around.as_str()), (1_060, "20"));
    // (700 - 20)^2 / 21, rounded down.
    assert_eq!(found[0].z, "148.38");
    let peak = ArrivalSeries {
        ballots: (0..120).map(|m| 20 + m * 3).collect(),
        ..series
    };
    assert!(arrivals(&[peak], 50).is_empty());
}

proptest! {
    /// Ballots that follow one taste in every stratum are never reported.
    #[test]
    fn one_taste_is_quiet(
        percents in prop::collection::vec(1_u64..60, 2..8),
        sizes in prop::collection::vec(60_u64..4_000, 2..6),
        noise in prop::collection::vec(0_u64..3, 48),
    ) {
        let strata: Vec<Stratum> = sizes.iter().enumerate().map(|(s, &ballots)| {
            let marks = percents.iter().enumerate().map(|(p, percent)| {
                (ballots * percent / 100 + noise[s * 8 + p]).min(ballots)
            });
            stratum(&s.to_string(), ballots, &marks.collect::<Vec<_>>())
        }).collect();
        prop_assert!(shares(&projects(percents.len()), &strata, 50).findings.is_empty());
    }
}

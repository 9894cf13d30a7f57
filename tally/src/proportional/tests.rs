use super::*;
use crate::exact::whole;
use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;

fn profile(ballots: &[Vec<u32>], costs: &[u128]) -> Profile {
    let costs: Vec<Option<u128>> = costs.iter().map(|&cost| Some(cost)).collect();
    let order = (0..).take(costs.len()).collect();
    Profile::new(ballots.iter().map(Vec::as_slice), &costs, order).unwrap()
}

/// The method as the text defines it, on plain fractions.
fn plain_equal_shares(ballots: &[Vec<u32>], costs: &[u128], share: &BigRational) -> Vec<u32> {
    let mut purses = vec![share.clone(); ballots.len()];
    let mut winners = Vec::new();
    loop {
        let mut best: Option<(BigRational, u32)> = None;
        for project in 0..costs.len() as u32 {
            if costs[project as usize] == 0 || winners.contains(&project) {
                continue;
            }
            let payment = plain_payment(ballots, &purses, project, costs[project as usize]);
            let Some(payment) = payment else { continue };
            let votes = |p: u32| ballots.iter().filter(|b| b.contains(&p)).count();
            let rate = payment / whole(costs[project as usize]);
            let better = best.as_ref().is_none_or(|(least, leader)| {
                let key = |p: u32| (costs[p as usize], std::cmp::Reverse(votes(p)), p);
                rate < *least || (rate == *least && key(project) < key(*leader))
            });
            if better {
                best = Some((rate, project));
            }
        }
        let Some((rate, winner)) = best else {
            return winners;
        };
        let payment = rate * whole(costs[winner as usize]);
        for (purse, _) in purses
            .iter_mut()
            .zip(ballots)
            .filter(|(_, b)| b.contains(&winner))
        {
            *purse = if *purse > payment {
                &*purse - &payment
            } else {
                BigRational::zero()
            };
        }
        winners.push(winner);
    }
}

fn plain_payment(
    ballots: &[Vec<u32>],
    purses: &[BigRational],
    project: u32,
    cost: u128,
) -> Option<BigRational> {
    let mut held: Vec<&BigRational> = purses
        .iter()
        .zip(ballots)
        .filter(|(_, b)| b.contains(&project))
        .map(|(p, _)| p)
        .collect();
    held.sort();
    let mut left = whole(cost);
    if held.is_empty() || held.iter().copied().sum::<BigRational>() < left {
        return None;
    }
    for (poorer, purse) in held.iter().enumerate() {
        let payment = &left / whole(held.len() - poorer);
        if payment <= **purse {
            return Some(payment);
        }
        left -= *purse;
    }
    None
}

fn plain_phragmen(ballots: &[Vec<u32>], costs: &[u128], budget: u128) -> Vec<u32> {
    let mut loads = vec![BigRational::zero(); ballots.len()];
    let (mut winners, mut left) = (Vec::new(), budget);
    loop {
        let mut best: Option<(BigRational, u32)> = None;
        for project in (0..costs.len() as u32).filter(|p| !winners.contains(p)) {
            let loads: Vec<_> = loads
                .iter()
                .zip(ballots)
                .filter(|(_, b)| b.contains(&project))
                .collect();
            if loads.is_empty() || costs[project as usize] == 0 {
                continue;
            }
            let votes = loads.len();
            let sum: BigRational = loads.into_iter().map(|(load, _)| load).sum();
            let at = (sum + whole(costs[project as usize])) / whole(votes);
            let better = best.as_ref().is_none_or(|(least, leader)| {
                let votes = |p: u32| ballots.iter().filter(|b| b.contains(&p)).count();
                let key = |p: u32| (costs[p as usize], std::cmp::Reverse(votes(p)), p);
                at < *least || (at == *least && key(project) < key(*leader))
            });
            if better {
                best = Some((at, project));
            }
        }
        let Some((at, winner)) = best else {
            return winners;
        };
        if costs[winner as usize] > left {
            return winners;
        }
        left -= costs[winner as usize];
        for (load, _) in loads
            .iter_mut()
            .zip(ballots)
            .filter(|(_, b)| b.contains(&winner))
        {
            *load = at.clone();
        }
        winners.push(winner);
    }
}

#[test]
fn money_follows_voters_not_majorities() {
    // 6 of 10 voters want a, b, c; 4 want d. Each project costs 40 of 100: the majority's 60 buy
    // one, the minority's 40 buy d.
    let ballots: Vec<Vec<u32>> = (0..10)
        .map(|v| if v < 6 { vec![0, 1, 2] } else { vec![3] })
        .collect();
    let profile = profile(&ballots, &[40, 40, 40, 40]);
    assert_eq!(equal_shares(&profile, &whole(10)), [0, 3]);
    assert_eq!(phragmen(&profile, 100), [0, 3]);
}

#[test]
fn add1_raises_shares_until_exhaustive() {
    // 3 voters with 3 each cannot buy the project of 12 that two of them want; with 6 each they
    // can, and nothing else fits into 13.
    let ballots = vec![vec![0], vec![0], vec![1]];
    let profile = profile(&ballots, &[12, 8]);
    let completed = add1(&profile, 13, 1);
    assert_eq!(completed.winners, [0]);
    assert_eq!(
        (completed.share.to_string(), completed.steps),
        ("6".to_owned(), 2)
    );
}

#[test]
fn equal_offers_go_to_the_cheaper_then_the_more_voted() {
    let ballots = vec![vec![0, 1, 2], vec![0, 1, 2]];
    assert_eq!(
        equal_shares(&profile(&ballots, &[6, 4, 4]), &whole(7)),
        [1, 2, 0]
    );
}

#[test]
fn nobody_and_nothing_are_harmless() {
    let nobody = profile(&[], &[5]);
    assert!(equal_shares(&nobody, &nobody.share(9)).is_empty());
    assert!(add1(&nobody, 9, 1).winners.is_empty());
    assert!(phragmen(&nobody, 9).is_empty());
    let blank = profile(&[vec![], vec![]], &[5]);
    assert!(equal_shares(&blank, &whole(9)).is_empty());
    assert!(phragmen(&blank, 9).is_empty());
    assert!(add1(&blank, 9, 1).winners.is_empty());
    let absurd = Profile::new([[0_u32].as_slice()].into_iter(), &[Some(1 << 90)], vec![0]);
    assert!(matches!(absurd, Err(ProfileError::TooLarge)));
}

#[test]
fn money_beyond_all_costs_is_harmless() {
    let profile = profile(&[vec![0, 1], vec![0, 2], vec![0, 1, 2]], &[2, 2, 1]);
    let budget = u128::from(u64::MAX) << 40;
    assert_eq!(equal_shares(&profile, &profile.share(budget)), [0, 2, 1]);
    assert_eq!(add1(&profile, budget, 1).winners, [0, 2, 1]);
    assert_eq!(phragmen(&profile, budget), [2, 0, 1]);
}

#[test]
fn shares_that_decide_alike_are_passed_over() {
    // One of nine voters wants a project of 5 * 10^14: a run for each unit would never end.
    let mut ballots = vec![vec![0], vec![1], vec![1]];
    ballots.resize(9, Vec::new());
    let profile = profile(&ballots, &[500_000_000_000_000, 400_000_000_000_000]);
    let completed = add1(&profile, 1_000_000_000_000_000, 1);
    assert_eq!(completed.winners, [1, 0]);
    assert_eq!(completed.share, whole(500_000_000_000_000_u64));
}

#[test]
fn more_voters_decide_between_two_outcomes() {
    let profile = profile(&[vec![0, 1], vec![0], vec![2]], &[1, 1, 1]);
    assert!(profile.prefers(&[0], &[2]) && !profile.prefers(&[2], &[0]));
    assert!(!profile.prefers(&[1], &[2]) && !profile.prefers(&[2], &[1]));
}

/// The completion as the text defines it, share by share.
fn plain_add1(ballots: &[Vec<u32>], costs: &[u128], budget: u128) -> Vec<u32> {
    let voters = ballots.len() as u128;
    let spent = |winners: &[u32]| winners.iter().map(|&p| costs[p as usize]).sum::<u128>();
    let wanted = |p: u32| costs[p as usize] > 0 && ballots.iter().any(|b| b.contains(&p));
    let mut winners = plain_equal_shares(ballots, costs, &(whole(budget) / whole(voters)));
    let mut share = budget / voters;
    loop {
        let others = || (0..costs.len() as u32).filter(|p| !winners.contains(p));
        if !others().any(|p| spent(&winners) + costs[p as usize] <= budget) || !others().any(wanted)
        {
            return winners;
        }
        share += 1;
        let next = plain_equal_shares(ballots, costs, &whole(share));
        if spent(&next) > budget {
            return winners;
        }
        winners = next;
    }
}

fn election() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<u128>, u128)> {
    (2_usize..8).prop_flat_map(|projects| {
        let ballot = prop::collection::btree_set(0..projects as u32, 0..=projects)
            .prop_map(|marks| marks.into_iter().collect::<Vec<_>>());
        let costs = prop_oneof![
            prop::collection::vec(0_u128..20, projects),
            prop::collection::vec(1_u128..1_000_000, projects),
        ];
        (
            prop::collection::vec(ballot, 1..30),
            costs,
            1_u128..2_000_000,
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn bounds_change_nothing((ballots, costs, budget) in election()) {
        let share = whole(budget) / whole(ballots.len());
        let fast = equal_shares(&profile(&ballots, &costs), &share);
        prop_assert_eq!(fast, plain_equal_shares(&ballots, &costs, &share));
        let fast = phragmen(&profile(&ballots, &costs), budget);
        prop_assert_eq!(fast, plain_phragmen(&ballots, &costs, budget));
    }

    #[test]
    fn many_equal_purses_and_small_costs_are_exact(
        ballots in prop::collection::vec(prop::collection::btree_set(0_u32..5, 1..4), 4..40),
        costs in prop::collection::vec(1_u128..6, 5),
        share in 1_u128..4,
    ) {
        let ballots: Vec<Vec<u32>> = ballots.into_iter().map(|b| b.into_iter().collect()).collect();
        let fast = equal_shares(&profile(&ballots, &costs), &whole(share));
        prop_assert_eq!(fast, plain_equal_shares(&ballots, &costs, &whole(share)));
    }

    #[test]
    fn passing_over_shares_changes_nothing(
        (ballots, costs, _) in election(),
        factor in 1_u128..40,
        budget in 1_u128..2_000,
    ) {
        let costs: Vec<u128> = costs.iter().map(|cost| cost % 20 * factor).collect();
        let fast = add1(&profile(&ballots, &costs), budget, 1).winners;
        prop_assert_eq!(fast, plain_add1(&ballots, &costs, budget));
    }

    #[test]
    fn the_budget_is_never_exceeded((ballots, costs, _) in election(), budget in 1_u128..60) {
        let costs: Vec<u128> = costs.iter().map(|cost| cost % 20).collect();
        let profile = profile(&ballots, &costs);
        for winners in [add1(&profile, budget, 1).winners, phragmen(&profile, budget)] {
            prop_assert!(winners.iter().map(|&p| costs[p as usize]).sum::<u128>() <= budget);
        }
    }
}

//! Fairness, boundedness, and what the controller settles at.

use super::room::MAX_MARKS;
use super::*;
use proptest::prelude::*;
use std::collections::VecDeque;
use voting_core::ids::ElectionId;

fn election() -> ElectionId {
    ElectionId::new([5; 32])
}

fn room() -> Room {
    Room::new(&AdmissionConfig::default(), 1)
}

fn ticket(room: &mut Room, now: u64) -> Ticket {
    let issued_at = UnixMillis::new(now);
    let (room, number) = room.take(issued_at);
    Ticket {
        election: election(),
        room,
        number,
        issued_at,
    }
}

fn admission(config: &AdmissionConfig) -> Admission {
    Admission::new(config, (&[3; 32], 9), election()).unwrap()
}

#[test]
fn a_gate_holds_what_it_may_and_turns_the_rest_away() {
    let config = AdmissionConfig {
        min_in_flight: 1,
        max_in_flight: 8,
        ..AdmissionConfig::default()
    };
    let gate = Gate::new(&config);
    let one = gate.enter(false).unwrap();
    let two = gate.enter(false).unwrap();
    let refused = gate.enter(false).err().unwrap();
    assert_eq!(refused.kind, ProblemKind::Overloaded);
    let spread: std::collections::BTreeSet<_> = (0..10)
        .map(|_| gate.check(false).unwrap_err().retry_after.unwrap())
        .collect();
    assert!(spread.len() > 1 && spread.iter().all(|after| after.as_secs() <= 6));
    assert_eq!(gate.tick(), 100);
    // Near the close it holds as much as it ever does, and not more.
    let wide: Vec<_> = (0..20).filter_map(|_| gate.enter(true).ok()).collect();
    assert_eq!(wide.len(), 6);
    drop((one, two, wide));
    assert_eq!(gate.load().0, 0);
}

/// A server that finishes `rate` a tick in order, offered far more than that: the limit settles
/// where it is busy all the time and nobody waits much longer than the target.
#[test]
fn the_controller_finds_the_capacity() {
    for rate in [5_usize, 50, 400] {
        let mut controller = Controller::new(&AdmissionConfig {
            min_in_flight: 4,
            ..AdmissionConfig::default()
        });
        let (mut queue, mut finished, mut worst) = (VecDeque::new(), 0, 0);
        for tick in 0..600_u32 {
            while queue.len() < controller.limit() as usize {
                queue.push_back(tick);
                controller.began(u32::try_from(queue.len()).unwrap());
            }
            for began in queue.drain(..rate.min(queue.len())).collect::<Vec<_>>() {
                let ticks = tick - began + 1;
                controller.finished(TICK * ticks);
                if tick >= 300 {
                    finished += 1;
                    worst = worst.max(ticks);
                }
            }
            controller.tick(u32::try_from(queue.len()).unwrap());
        }
        assert!(finished >= 300 * rate * 95 / 100, "{rate}: {finished}");
        // The target is two and a half ticks.
        assert!(worst <= 6, "{rate}: {worst} ticks");
    }
}

proptest! {
    #[test]
    fn the_limit_stays_within_its_bounds(
        steps in prop::collection::vec((0_u32..5_000, 0_u64..2_000), 1..300),
    ) {
        let config = AdmissionConfig::default();
        let mut controller = Controller::new(&config);
        for (in_work, delay) in steps {
            controller.began(in_work);
            if delay > 0 {
                controller.finished(Duration::from_millis(delay));
            }
            controller.tick(in_work);
            let limit = controller.limit();
            prop_assert!((config.min_in_flight..=config.max_in_flight).contains(&limit));
        }
    }

    /// Whatever arrives and however full it is: who came earlier is called no later, nobody's place
    /// gets worse, no more are called than the pace allows, and when it is calm all are called.
    #[test]
    fn first_come_first_called(
        steps in prop::collection::vec((0_u32..40, 0_u32..130), 1..200),
    ) {
        let mut room = room();
        let mut tickets: Vec<(Ticket, u64)> = Vec::new();
        let mut now = 0;
        room.tick(100, TICK);
        for (arrivals, load) in steps {
            now += 100;
            for _ in 0..arrivals {
                tickets.push((ticket(&mut room, now), u64::MAX));
            }
            let before = room.waiting();
            room.tick(load, TICK);
            if load >= 95 {
                prop_assert_eq!(room.waiting(), before);
            }
            let mut last = 0;
            for (ticket, ahead_before) in &mut tickets {
                let ahead = match room.place(ticket) {
                    Place::Called => 0,
                    Place::Waiting { ahead } => ahead + 1,
                };
                prop_assert!(ahead <= *ahead_before);
                prop_assert!(ahead >= last);
                *ahead_before = ahead;
                last = ahead;
            }
            prop_assert!(room.marks() <= MAX_MARKS);
        }
        for _ in 0..6_000 {
            room.tick(0, TICK);
        }
        prop_assert_eq!(room.waiting(), 0);
        prop_assert!(!room.is_open());
        for (ticket, _) in &tickets {
            prop_assert_eq!(room.place(ticket), Place::Called);
        }
    }
}

#[test]
fn it_opens_before_the_gateway_is_full_and_slows_down_when_it_fills() {
    let mut room = room();
    room.tick(69, TICK);
    assert!(!room.is_open());
    room.tick(70, TICK);
    assert!(room.is_open());
    for n in 0..100_000 {
        ticket(&mut room, n);
    }
    let called = |room: &mut Room, load: u32| {
        let before = room.waiting();
        (0..100).for_each(|_| room.tick(load, TICK));
        before - room.waiting()
    };
    let calm = called(&mut room, 10);
    assert!(calm > 500, "{calm}");
    let calmer = called(&mut room, 10);
    assert!(calmer > calm, "the pace grows: {calm}, {calmer}");
    let busy = called(&mut room, 80);
    assert!(busy < calmer / 2, "and falls: {calmer}, {busy}");
    assert_eq!(called(&mut room, 100), 0);
    let estimate = room.estimate(1_000);
    assert!(estimate > room.estimate(10));
}

#[test]
fn a_million_people_take_no_more_room_than_a_thousand() {
    let mut room = room();
    room.tick(100, TICK);
    let first = ticket(&mut room, 0);
    // Two a second for days.
    for n in 1..1_000_000_u64 {
        room.take(UnixMillis::new(n * 500));
    }
    assert!(room.marks() <= MAX_MARKS);
    assert_eq!(room.waiting(), 1_000_000);
    assert_eq!(room.place(&first), Place::Waiting { ahead: 0 });
}

/// Two gateways behind one address: half of each person's requests reach the other one.
#[test]
fn another_gateways_ticket_stands_where_its_time_puts_it() {
    let (mut here, mut there) = (room(), Room::new(&AdmissionConfig::default(), 2));
    let mut foreign = Vec::new();
    for room in [&mut here, &mut there] {
        room.tick(100, TICK);
    }
    for second in 0..100 {
        for _ in 0..10 {
            ticket(&mut here, second * 1_000);
            foreign.push(ticket(&mut there, second * 1_000));
        }
    }
    let ahead = |room: &mut Room, ticket: &Ticket| match room.place(ticket) {
        Place::Called => 0,
        Place::Waiting { ahead } => ahead + 1,
    };
    for ticket in &foreign {
        let (own, other) = (ahead(&mut there, ticket), ahead(&mut here, ticket));
        assert!(own.abs_diff(other) <= 10, "{own} there, {other} here");
    }
}

/// After a restart everyone who waits has a ticket of before: they come in at the pace and not all
/// at once, and those who come now do not overtake them altogether.
#[test]
fn a_restart_sends_nobody_back_and_lets_no_crowd_in() {
    let mut old = Room::new(&AdmissionConfig::default(), 2);
    old.tick(100, TICK);
    let mut waiting: Vec<Ticket> = (0..1_000).map(|n| ticket(&mut old, n)).collect();
    let mut room = room();
    room.tick(100, TICK);
    let fresh: Vec<Ticket> = (0..1_000).map(|n| ticket(&mut room, 5_000 + n)).collect();
    let mut came_in = 0;
    for _ in 0..100 {
        room.tick(10, TICK);
        let before = waiting.len();
        waiting.retain(|ticket| room.place(ticket) != Place::Called);
        assert!(before - waiting.len() <= 60, "a crowd came in at once");
        came_in += before - waiting.len();
    }
    let overtook = fresh.iter().filter(|t| room.place(t) == Place::Called);
    let overtook = overtook.count();
    assert!(came_in >= 200, "{came_in}");
    assert!(overtook <= came_in + 60, "{overtook} against {came_in}");
}

#[test]
fn tickets_are_sealed_and_grow_old() {
    let config = AdmissionConfig::default();
    let admission = admission(&config);
    let at = UnixMillis::new;
    assert_eq!(admission.newcomer(None, at(0)), Ok(()));
    let held: Vec<Slot> = (0..512)
        .map(|_| admission.ballots.enter(false).unwrap())
        .collect();
    admission.tick();
    let refused = admission.newcomer(None, at(0)).unwrap_err();
    assert_eq!(refused.kind, ProblemKind::WaitingRoom);
    assert!(refused.retry_after.unwrap() >= Duration::from_secs(2));
    let (ticket, token) = admission.take_ticket(at(0)).unwrap();
    let refused = admission.newcomer(Some(&token), at(0)).unwrap_err();
    assert_eq!(refused.kind, ProblemKind::WaitingRoom);
    assert_eq!(admission.ticket(&token, at(0)), Ok(ticket));
    for (wrong, now) in [("x", 0), (&token[1..], 0), (token.as_str(), 360 * 60_000)] {
        let refused = admission.newcomer(Some(wrong), at(now)).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::TicketInvalid);
    }
    let elsewhere = Admission::new(&config, (&[3; 32], 9), ElectionId::new([6; 32])).unwrap();
    assert!(elsewhere.ticket(&token, at(0)).is_err());
    drop(held);
    admission.tick();
    admission.tick();
    assert_eq!(admission.newcomer(Some(&token), at(0)), Ok(()));
    // Those who come after it wait until the room has closed.
    assert!(admission.newcomer(None, at(0)).is_err());
    (0..60).for_each(|_| admission.tick());
    assert_eq!(admission.newcomer(None, at(0)), Ok(()));
}

/// What tries are counted by does not change with the token.
#[test]
fn a_ticket_has_one_place_however_often_it_is_sealed() {
    let config = AdmissionConfig::default();
    let [here, there] = [9, 10].map(|room| {
        let admission = Admission::new(&config, (&[3; 32], room), election());
        admission.unwrap()
    });
    let at = UnixMillis::new;
    let again = |admission: &Admission, ticket: &Ticket, place| {
        let token = admission.keep_ticket(ticket, place).unwrap();
        (admission.ticket(&token, at(60_000)).unwrap(), token)
    };
    let (first, token) = here.take_ticket(at(1)).unwrap();
    let (sealed, other) = again(&here, &first, Place::Called);
    assert_ne!(token, other);
    assert_eq!(first.place(), sealed.place());
    // Called elsewhere it gets one number of that room, and keeps it from then on.
    let (second, _) = here.take_ticket(at(2)).unwrap();
    let (called, _) = again(&there, &first, Place::Called);
    assert_ne!(called.place(), first.place());
    assert_eq!(
        again(&there, &first, Place::Called).0.place(),
        called.place()
    );
    assert_eq!(
        again(&there, &called, Place::Called).0.place(),
        called.place()
    );
    assert_ne!(
        again(&there, &second, Place::Called).0.place(),
        called.place()
    );
    assert_ne!(first.place(), second.place());
}

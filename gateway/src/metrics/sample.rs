//! What is looked at when somebody asks.

use crate::api::Services;
use metrics::gauge;

/// The gauges and what they say.
pub(super) const GAUGES: &[(&str, &str)] = &[
    ("hanpyo_in_work", "Requests in work, by gate."),
    (
        "hanpyo_in_work_limit",
        "How many may be in work now, by gate.",
    ),
    (
        "hanpyo_proof_queue_depth",
        "Ballots that wait for their proof to be verified.",
    ),
    (
        "hanpyo_log_queue_depth",
        "Requests that wait for their place in the log.",
    ),
    ("hanpyo_log_entries", "Entries of the log."),
    ("hanpyo_issued_credentials", "Persons with a credential."),
    ("hanpyo_cast_ballots", "Persons whose ballot is in the log."),
    (
        "hanpyo_checkpoint_age_seconds",
        "Since the newest entry was made, whose checkpoint is the newest.",
    ),
    (
        "hanpyo_limits_fallback",
        "1 while this gateway limits alone although Redis is configured.",
    ),
    ("hanpyo_waiting_room_open", "1 while newcomers wait."),
    (
        "hanpyo_waiting_room_people",
        "Tickets that have not been called.",
    ),
];

/// Looks at everything.
pub(crate) fn sample(services: &Services) {
    let gates = [
        ("ballots", &services.admission.ballots),
        ("entries", &services.admission.entries),
    ];
    for (name, gate) in gates {
        let (in_work, limit) = gate.load();
        gauge!("hanpyo_in_work", "gate" => name).set(in_work);
        gauge!("hanpyo_in_work_limit", "gate" => name).set(limit);
    }
    let room = services.admission.look(None);
    set(
        "hanpyo_proof_queue_depth",
        services.ballot_box.waiting() as u64,
    );
    set(
        "hanpyo_log_queue_depth",
        services.sequencer.waiting() as u64,
    );
    set(
        "hanpyo_limits_fallback",
        services.limits.is_falling_back().into(),
    );
    set("hanpyo_waiting_room_open", room.open.into());
    set("hanpyo_waiting_room_people", room.waiting);
    sample_log(services);
}

fn sample_log(services: &Services) {
    let view = services.sequencer.view();
    set("hanpyo_log_entries", view.size);
    set(
        "hanpyo_issued_credentials",
        view.counts.iter().map(|c| c.issued).sum(),
    );
    set(
        "hanpyo_cast_ballots",
        view.counts.iter().map(|c| c.cast).sum(),
    );
    let age = services.clock.now().get().saturating_sub(view.newest.get());
    set("hanpyo_checkpoint_age_seconds", age / 1000);
}

/// Prometheus has floating-point numbers only: counts are exact up to 2^53.
fn set(name: &'static str, value: u64) {
    gauge!(name).set(value as f64);
}

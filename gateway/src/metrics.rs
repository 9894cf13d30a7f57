//! What is measured, for Prometheus. Units stand in the names.
//!
//! Nothing here says anything of a person or of a project: counts of requests, times, depths of
//! queues, and how many credentials and ballots the public log holds.

mod sample;

pub(crate) use sample::sample;

use crate::problem::ProblemKind;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// Upper bounds of times, in seconds: from a tenth of a millisecond to half a minute.
const SECONDS: &[f64] = &[
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0, 30.0,
];
/// Upper bounds of how many are handled together.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Starts to measure in this process; the handle gives the text that Prometheus reads.
///
/// # Errors
/// If the process is being measured already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".into()), SIZES)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    describe_counter!("hanpyo_accepted_total", "Requests done, by route.");
    describe_counter!(
        "hanpyo_refused_total",
        "Requests refused, by the problem's name."
    );
    describe_counter!(
        "hanpyo_notices_total",
        "Tries to hand a notice over, by outcome."
    );
    describe_histogram!(
        "hanpyo_request_seconds",
        Unit::Seconds,
        "From a request's head to its answer, by route."
    );
    describe_histogram!(
        "hanpyo_proof_batch_size",
        "Ballots whose proofs were verified together."
    );
    describe_histogram!(
        "hanpyo_proof_batch_seconds",
        Unit::Seconds,
        "How long they took together."
    );
    describe_histogram!(
        "hanpyo_commit_size",
        "Requests that were committed together."
    );
    describe_histogram!(
        "hanpyo_commit_seconds",
        Unit::Seconds,
        "How long the store took for them."
    );
    describe_histogram!(
        "hanpyo_log_lag_seconds",
        Unit::Seconds,
        "From being handed to the log to being answered by it."
    );
    for (name, text) in sample::GAUGES {
        describe_gauge!(*name, *text);
    }
}

/// A request was answered.
pub(crate) fn answered(route: &str, refused: Option<ProblemKind>, took: Duration) {
    match refused {
        None => counter!("hanpyo_accepted_total", "route" => route.to_owned()).increment(1),
        Some(kind) => counter!("hanpyo_refused_total", "reason" => kind.name()).increment(1),
    }
    histogram!("hanpyo_request_seconds", "route" => route.to_owned()).record(took);
}

/// A notice was handed over, or was not.
pub(crate) fn noticed(outcome: &'static str) {
    counter!("hanpyo_notices_total", "outcome" => outcome).increment(1);
}

/// Proofs were verified together.
pub(crate) fn proofs_verified(ballots: usize, took: Duration) {
    histogram!("hanpyo_proof_batch_size").record(count(ballots));
    histogram!("hanpyo_proof_batch_seconds").record(took);
}

/// Requests were committed together.
pub(crate) fn committed(requests: usize, took: Duration) {
    histogram!("hanpyo_commit_size").record(count(requests));
    histogram!("hanpyo_commit_seconds").record(took);
}

/// The log answered.
pub(crate) fn logged(took: Duration) {
    histogram!("hanpyo_log_lag_seconds").record(took);
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

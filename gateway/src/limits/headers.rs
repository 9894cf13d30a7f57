//! What an answer says of the limits it met: `RateLimit-Policy` and `RateLimit`
//! (draft-ietf-httpapi-ratelimit-headers).
//!
//! ```text
//! ratelimit-policy: "casting-address";q=12000;w=60, "casting-person";q=30;w=60
//! ratelimit: "casting-address";r=11999;t=1, "casting-person";r=29;t=2
//! ```

use super::policy::{Limit, Verdict, interval};
use crate::config::Quota;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, Mutex, PoisonError};

/// The limits that a request has met so far. Cheap to clone; a task that goes on with the request
/// takes it along.
#[derive(Clone, Debug, Default)]
pub struct Standings(Arc<Mutex<Vec<(Limit, Quota, Verdict)>>>);

tokio::task_local! {
    static CURRENT: Standings;
}

/// Runs a future whose limits are noted in `standings`.
pub async fn collecting<F: Future>(standings: Standings, future: F) -> F::Output {
    CURRENT.scope(standings, future).await
}

/// Where this task notes limits, for a task that goes on with its request.
#[must_use]
pub fn collect() -> Standings {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

pub(super) fn note(limit: Limit, quota: Quota, verdict: Verdict) {
    let standings = collect();
    let mut noted = standings.0.lock().unwrap_or_else(PoisonError::into_inner);
    noted.push((limit, quota, verdict));
}

impl Standings {
    /// Writes the headers, if any limit was met.
    pub fn write(&self, headers: &mut HeaderMap) {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: [(&'static str, Vec<String>); 2] = [
            ("ratelimit-policy", noted.iter().map(policy).collect()),
            ("ratelimit", noted.iter().map(standing).collect()),
        ];
        for (name, items) in lines.into_iter().filter(|(_, items)| !items.is_empty()) {
            if let Ok(value) = HeaderValue::from_str(&items.join(", ")) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// The quota, and the seconds in which it is there again.
fn policy((limit, quota, _): &(Limit, Quota, Verdict)) -> String {
    let window = seconds(interval(*quota) * quota.burst.get());
    format!("\"{}\";q={};w={window}", limit.name(), quota.burst)
}

/// What remains, and the seconds until the whole quota is there again.
fn standing((limit, quota, verdict): &(Limit, Quota, Verdict)) -> String {
    let used = quota.burst.get().saturating_sub(verdict.remaining);
    let reset = seconds(interval(*quota) * used);
    format!("\"{}\";r={};t={reset}", limit.name(), verdict.remaining)
}

/// Whole seconds, rounded up.
fn seconds(duration: std::time::Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

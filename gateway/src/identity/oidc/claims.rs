//! What an ID token, once verified, says of a person.

use super::super::{Ci, Person};
use crate::config::OidcConfig;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreIdToken;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use voting_core::manifest::Claim;

/// Which claim says what.
pub(super) struct Claims {
    person: String,
    name: String,
    birth_date: String,
    mobile: String,
    ties: String,
}

impl Claims {
    pub(super) fn new(config: &OidcConfig) -> Self {
        Self {
            person: config.person_claim.clone(),
            name: config.name_claim.clone(),
            birth_date: config.birth_date_claim.clone(),
            mobile: config.mobile_claim.clone(),
            ties: config.ties_claim.clone(),
        }
    }

    /// The person of a verified token; `None` if it does not say who it is.
    pub(super) fn person(&self, token: &CoreIdToken) -> Option<Person> {
        let said = payload(token)?;
        let text = |claim: &str| said.get(claim).and_then(Value::as_str);
        let ci = Ci::new(text(&self.person)?)?;
        let mut person =
            Person::new(ci).with(text(&self.name), text(&self.birth_date), text(&self.mobile));
        person.ties = said.get(&self.ties).map(ties).unwrap_or_default();
        Some(person)
    }
}

/// The claims as they were signed.
fn payload(token: &CoreIdToken) -> Option<Map<String, Value>> {
    let Value::String(token) = serde_json::to_value(token).ok()? else {
        return None;
    };
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// One tie or a list of them; what is none of ours says nothing.
fn ties(said: &Value) -> BTreeSet<Claim> {
    let one = std::slice::from_ref(said);
    let said = said.as_array().map_or(one, Vec::as_slice);
    let known = |tie: &Value| serde_json::from_value(tie.clone()).ok();
    said.iter().filter_map(known).collect()
}

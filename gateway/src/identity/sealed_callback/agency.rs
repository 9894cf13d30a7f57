//! Asking the agency for a transaction's token.

use super::super::IdentityError;
use super::super::http::{Http, HttpError};
use super::MAX_VERSION;
use super::form::Form;
use super::seal::Material;
use crate::config::{AgencyConfig, Secret};
use serde::{Deserialize, Serialize};
use voting_core::ids::UnixMillis;

/// The code of a request that the gateway of the agency took.
const TAKEN: &str = "1200";
/// The code of a token that was made.
const MADE: &str = "0000";

/// An agency and the contract with it.
pub struct Agency {
    http: Http,
    token_url: String,
    form: Form,
    return_url: String,
    site: String,
    product: String,
    authorization: Secret,
}

/// What the agency gave for one transaction.
pub(super) struct Token {
    pub(super) material: Material,
    pub(super) version: String,
    pub(super) site: String,
}

#[derive(Serialize)]
struct Ask<'a> {
    #[serde(rename = "dataHeader")]
    header: AskHeader,
    #[serde(rename = "dataBody")]
    body: AskBody<'a>,
}

#[derive(Serialize)]
#[allow(non_snake_case, reason = "the agencies' names")]
struct AskHeader {
    CNTY_CD: &'static str,
}

#[derive(Serialize)]
struct AskBody<'a> {
    req_dtim: &'a str,
    req_no: &'a str,
    enc_mode: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "dataHeader")]
    header: AnswerHeader,
    #[serde(rename = "dataBody")]
    body: Option<AnswerBody>,
}

#[derive(Deserialize)]
struct AnswerHeader {
    #[serde(rename = "GW_RSLT_CD")]
    code: String,
}

#[derive(Deserialize)]
struct AnswerBody {
    result_cd: String,
    site_code: String,
    token_version_id: String,
    token_val: Secret,
}

impl Agency {
    /// An agency as it is configured; `None` if it is not.
    ///
    /// # Errors
    /// [`HttpError`].
    pub fn new(config: &AgencyConfig, token: Option<Secret>) -> Result<Option<Self>, HttpError> {
        let (Some(token_url), Some(token)) = (config.token_url.clone(), token) else {
            return Ok(None);
        };
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Ok(Some(Self {
            http: Http::new(&token_url)?,
            token_url,
            form: Form::new(&text(&config.form_url))?,
            return_url: text(&config.return_url),
            site: text(&config.site_code),
            product: text(&config.product_id),
            authorization: Secret::new(format!("bearer {}", token.reveal())),
        }))
    }

    pub(super) fn form_url(&self) -> &str {
        self.form.0.as_str()
    }

    /// Where the form goes, as a source of the page's policy.
    #[must_use]
    pub fn form_source(&self) -> String {
        self.form.source()
    }

    pub(super) fn return_url(&self) -> &str {
        &self.return_url
    }

    pub(super) fn is_site(&self, site: &str) -> bool {
        self.site == site
    }

    /// A token for one transaction.
    pub(super) async fn token(
        &self,
        number: &str,
        now: UnixMillis,
    ) -> Result<Token, IdentityError> {
        let time = local_time(now);
        let ask = Ask {
            header: AskHeader { CNTY_CD: "ko" },
            body: AskBody {
                req_dtim: &time,
                req_no: number,
                enc_mode: "1",
            },
        };
        let headers = [
            ("authorization", self.authorization.reveal()),
            ("productid", &self.product),
        ];
        let answer = self.http.post_json(&self.token_url, &headers, &ask).await;
        let answer = answer.map_err(|_| IdentityError::Unavailable)?;
        let answer = serde_json::from_slice::<Answer>(&answer);
        let made = answer.ok().filter(|answer| answer.header.code == TAKEN);
        let made = made.and_then(|answer| answer.body);
        let made = made.filter(|body| body.result_cd == MADE && self.is_site(&body.site_code));
        let made = made.filter(|body| body.token_version_id.len() <= MAX_VERSION);
        let made = made.ok_or(IdentityError::Unavailable)?;
        Ok(Token {
            material: Material::agreed(&time, number, made.token_val.reveal()),
            version: made.token_version_id,
            site: made.site_code,
        })
    }
}

/// `YYYYMMDDHHMMSS` in Korea, which has no summer time.
fn local_time(now: UnixMillis) -> String {
    let seconds = i64::try_from(now.get() / 1000).unwrap_or_default();
    let korea = time::UtcOffset::from_hms(9, 0, 0).unwrap_or(time::UtcOffset::UTC);
    let local = time::OffsetDateTime::from_unix_timestamp(seconds);
    let local = local
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
        .to_offset(korea);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        local.year(),
        u8::from(local.month()),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

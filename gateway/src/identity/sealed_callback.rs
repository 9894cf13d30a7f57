//! A provider of the kind Korean 본인확인 agencies run (NICE, KCB): the browser carries a sealed
//! answer back.
//!
//! ```text
//! gateway -> agency    a token for one transaction, number = 30 digits of its id
//! key material         base64( SHA-256( time || number || token ) ), 44 characters:
//!                      AES-128 key 16 first, IV 16 last, HMAC key 32 first
//! browser -> agency    form: token_version_id, enc_data, integrity_value
//! agency -> browser    the same three, for the answer
//! enc_data             base64( AES-128-CBC, PKCS #7 ( JSON ) )
//! integrity_value      base64( HMAC-SHA-256( enc_data ) ), checked before anything is decrypted
//! ```
//!
//! The transaction that the browser keeps is sealed by the gateway and holds the hash that the keys
//! are made of, so that an answer opens only for the browser that began, once.

mod agency;
mod form;
pub(super) mod seal;

pub use agency::Agency;

use super::{Begin, Ci, IdentityError, IdentityProvider, Person, Started, Transactions, Verified};
use crate::config::Secret;
use async_trait::async_trait;
use data_encoding::HEXLOWER;
use seal::{Material, Sealed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::ids::UnixMillis;
use zeroize::Zeroizing;

/// The provider's name.
const NAME: &str = "agency";
/// The code of an identity that was verified.
const VERIFIED: &str = "0000";
/// How many digits of the transaction's id number it; agencies take 30.
const NUMBER: usize = 30;
/// The most characters of a token's name.
const MAX_VERSION: usize = 64;

/// A sealed-callback provider.
pub struct SealedCallback {
    agency: Agency,
    transactions: Transactions,
}

/// What is remembered of a transaction.
struct Memory {
    material: Material,
    version: String,
}

#[derive(Serialize)]
struct Request<'a> {
    requestno: &'a str,
    returnurl: &'a str,
    sitecode: &'a str,
    methodtype: &'a str,
    popupyn: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    transaction: Secret,
    callback: Sealed,
}

/// What the gateway wants to know. `di`, which differs for each service, is never who someone is;
/// it, gender and nationality are not even read.
#[derive(Deserialize)]
struct Answer {
    resultcode: String,
    requestno: String,
    sitecode: Option<String>,
    ci: Option<Secret>,
    utf8_name: Option<Secret>,
    name: Option<Secret>,
    birthdate: Option<Secret>,
    mobileno: Option<Secret>,
}

impl SealedCallback {
    /// A provider by an agency.
    #[must_use]
    pub const fn new(agency: Agency, transactions: Transactions) -> Self {
        Self {
            agency,
            transactions,
        }
    }

    fn form(&self, memory: &Memory, number: &str, site: &str) -> Option<Sealed> {
        let request = Request {
            requestno: number,
            returnurl: self.agency.return_url(),
            sitecode: site,
            methodtype: "get",
            popupyn: "N",
        };
        let json = serde_json::to_vec(&request).ok()?;
        Some(memory.material.seal(&memory.version, &json))
    }

    fn person(&self, memory: &Memory, number: &str, callback: &Sealed) -> Option<Person> {
        let same = callback.token_version_id == memory.version;
        let opened = memory.material.open(callback).filter(|_| same)?;
        let answer: Answer = serde_json::from_str(&text(&opened)?).ok()?;
        let ours = answer.requestno == number && answer.resultcode == VERIFIED;
        let site = answer.sitecode.as_deref();
        if !ours || site.is_some_and(|site| !self.agency.is_site(site)) {
            return None;
        }
        let ci = Ci::new(answer.ci?.reveal())?;
        let name = answer
            .utf8_name
            .and_then(|name| percent_decoded(name.reveal()));
        let name = name.or(answer.name);
        let said = [&name, &answer.birthdate, &answer.mobileno];
        let [name, birth, mobile] = said.map(|field| field.as_ref().map(Secret::reveal));
        Some(Person::new(ci).with(name, birth, mobile))
    }
}

#[async_trait]
impl IdentityProvider for SealedCallback {
    fn name(&self) -> &'static str {
        NAME
    }

    fn costs_money(&self) -> bool {
        true
    }

    fn takes_newcomers(&self) -> bool {
        false
    }

    async fn begin(&self, now: UnixMillis) -> Result<Begin, IdentityError> {
        let id = Transactions::draw()?;
        let number = number(&id);
        let token = self.agency.token(&number, now).await?;
        let memory = Memory {
            material: token.material,
            version: token.version,
        };
        let form = self.form(&memory, &number, &token.site);
        let form = form.ok_or(IdentityError::Unavailable)?;
        let memory = Zeroizing::new(memory.to_bytes());
        let transaction = self.transactions.seal(NAME, Started { id, memory }, now)?;
        let fields = BTreeMap::from([
            ("m", "service".to_owned()),
            ("token_version_id", form.token_version_id),
            ("enc_data", form.enc_data),
            ("integrity_value", form.integrity_value),
        ]);
        Ok(Begin::Form {
            transaction,
            action: self.agency.form_url().to_owned(),
            fields,
        })
    }

    async fn finish(&self, evidence: &[u8], now: UnixMillis) -> Result<Verified, IdentityError> {
        let evidence = serde_json::from_slice::<Evidence>(evidence);
        let evidence = evidence.map_err(|_| IdentityError::Refused)?;
        let started = self
            .transactions
            .take(NAME, evidence.transaction.reveal(), now);
        let started = started.await?;
        let memory = Memory::from_bytes(&started.memory).map_err(|_| IdentityError::Refused)?;
        let person = self.person(&memory, &number(&started.id), &evidence.callback);
        let person = person.ok_or(IdentityError::Refused)?;
        Ok(Verified::Person(Box::new(person)))
    }
}

fn number(id: &[u8; 32]) -> String {
    let mut digits = HEXLOWER.encode(id);
    digits.truncate(NUMBER);
    digits
}

/// UTF-8, or the CP949 that some agencies still send.
fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Zeroizing::new(text.to_owned()));
    }
    let text = encoding_rs::EUC_KR.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(Zeroizing::new(text.into_owned()))
}

fn percent_decoded(text: &str) -> Option<Secret> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.ok().map(|text| Secret::new(text.into_owned()))
}

impl Encode for Memory {
    fn encode(&self, w: &mut Writer) {
        w.fixed(self.material.as_bytes());
        w.bytes(self.version.as_bytes());
    }
}

impl Decode for Memory {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            material: Material::new(r.array("key material")?),
            version: r.text(MAX_VERSION, "token's name")?.to_owned(),
        })
    }
}

//! The agency that verifies identities (본인확인기관), and the contract with it.

use super::{Secret, SecretError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[agency]`: a provider whose answer comes back sealed through the browser. Offered if
/// `token_url` and the access token are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgencyConfig {
    /// Where a token for each transaction is asked for.
    pub token_url: Option<String>,
    /// Where the browser's form goes.
    pub form_url: Option<String>,
    /// Where the agency sends the browser back to: the voting page.
    pub return_url: Option<String>,
    /// The site's code in the contract.
    pub site_code: Option<String>,
    /// The product's number in the contract.
    pub product_id: Option<String>,
    /// The access token, from the environment alone.
    #[serde(skip_serializing)]
    pub access_token: Option<Secret>,
    /// A file that holds the access token.
    pub access_token_file: Option<PathBuf>,
}

impl AgencyConfig {
    /// The access token, if there is one.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn access_token(&self) -> Result<Option<Secret>, SecretError> {
        Secret::or_file(
            self.access_token.as_ref(),
            self.access_token_file.as_deref(),
        )
    }
}

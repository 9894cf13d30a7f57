//! An OpenID Connect provider, and the registration with it.

use super::{Secret, SecretError};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// `[oidc]`: offered if `issuer` is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcConfig {
    /// The provider's address, as its tokens name it.
    pub issuer: Option<String>,
    /// What this gateway is called there.
    pub client_id: Option<String>,
    /// The client's secret, from the environment alone. A public client has none.
    #[serde(skip_serializing)]
    pub client_secret: Option<Secret>,
    /// A file that holds the client's secret.
    pub client_secret_file: Option<PathBuf>,
    /// Where the provider sends the browser back to: the voting page.
    pub return_url: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// Whether each check costs money.
    pub costs_money: bool,
    /// The claim that says who someone is: their CI wherever another provider is offered as well.
    pub person_claim: String,
    /// The claim with the name.
    pub name_claim: String,
    /// The claim with the birth date.
    pub birth_date_claim: String,
    /// The claim with the mobile number.
    pub mobile_claim: String,
    /// The claim with the ties to the area: `residence`, `work`, `study`, `business`.
    pub ties_claim: String,
}

impl OidcConfig {
    /// The client's secret, if there is one.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn client_secret(&self) -> Result<Option<Secret>, SecretError> {
        Secret::or_file(
            self.client_secret.as_ref(),
            self.client_secret_file.as_deref(),
        )
    }
}

impl Default for OidcConfig {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret: None,
            client_secret_file: None,
            return_url: None,
            scopes: ["profile", "phone"].map(str::to_owned).to_vec(),
            costs_money: true,
            person_claim: "ci".to_owned(),
            name_claim: "name".to_owned(),
            birth_date_claim: "birthdate".to_owned(),
            mobile_claim: "phone_number".to_owned(),
            ties_claim: "ties".to_owned(),
        }
    }
}

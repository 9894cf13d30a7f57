//! Where the browser's form goes: the only address to which the page may post one.

use super::super::http::{HttpError, check};
use reqwest::Url;

/// An address of HTTPS (HTTP on this machine alone) that names one resource.
pub(super) struct Form(pub(super) Url);

impl Form {
    /// # Errors
    /// [`HttpError::Address`]; [`HttpError::Form`] where a policy could not name it exactly: a path
    /// that ends in `/` would allow whatever lies below it.
    pub(super) fn new(address: &str) -> Result<Self, HttpError> {
        check(address)?;
        let url = Url::parse(address).map_err(|_| HttpError::Address)?;
        let named = url.username().is_empty() && url.password().is_none();
        match named && url.fragment().is_none() && !url.path().ends_with('/') {
            true => Ok(Self(url)),
            false => Err(HttpError::Form),
        }
    }

    /// As a source of a content security policy, which compares no queries, and in which `;` and `,`
    /// part what they stand between.
    pub(super) fn source(&self) -> String {
        let path = self.0.path().replace(';', "%3B").replace(',', "%2C");
        let path = path.replace('\'', "%27");
        format!("{}{path}", self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_a_policy_can_name() {
        let source = |address: &str| Form::new(address).map(|form| form.source());
        let good = "https://agency.example/Check/service.cb";
        assert_eq!(source(good).unwrap(), good);
        assert_eq!(source(&format!("{good}?a=b;c")).unwrap(), good);
        let odd = source("https://agency.example:8443/a;b,c").unwrap();
        assert_eq!(odd, "https://agency.example:8443/a%3Bb%2Cc");
        assert!(source("http://127.0.0.1:8080/form").is_ok());
        for wrong in ["", "http://agency.example/form", "javascript:x", "/form"] {
            assert!(matches!(source(wrong), Err(HttpError::Address)), "{wrong}");
        }
        for wide in [
            "https://agency.example/",
            "https://a@agency.example/f",
            "https://agency.example/f#x",
        ] {
            assert!(matches!(source(wide), Err(HttpError::Form)), "{wide}");
        }
    }
}

//! What the script says, line by line.

use super::Proxy;
use anyhow::Context;

/// The gateways' URLs: `gateway N URL`.
pub(super) fn gateways(said: &[String]) -> Vec<String> {
    let named = said.iter().filter_map(|line| line.strip_prefix("gateway "));
    let urls = named.filter_map(|rest| rest.split(' ').nth(1));
    urls.map(str::to_owned).collect()
}

/// The proxy, if it is named: `proxy URL` and `certificate FILE`.
///
/// # Errors
/// If its certificate cannot be read.
pub(super) fn proxy(said: &[String]) -> anyhow::Result<Option<Proxy>> {
    let Some(url) = after(said, "proxy ") else {
        return Ok(None);
    };
    let file = after(said, "certificate ").context("the proxy's certificate is not named")?;
    let certificate = std::fs::read(file).with_context(|| file.to_owned())?;
    Ok(Some(Proxy {
        url: url.to_owned(),
        certificate,
    }))
}

/// The gateway that was killed, if one was: `killed N`.
pub(super) fn killed(said: &[String]) -> Option<String> {
    after(said, "killed ").map(str::to_owned)
}

fn after<'a>(said: &'a [String], name: &str) -> Option<&'a str> {
    said.iter().find_map(|line| line.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_among_what_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "PEM").unwrap();
        let certificate = format!("certificate {}", file.path().display());
        let said = [
            "database postgres://x",
            "gateway 1 http://a",
            "gateway 2 http://b",
            "proxy https://c",
            &certificate,
        ];
        let said = said.map(str::to_owned);
        assert_eq!(gateways(&said), ["http://a", "http://b"]);
        let found = proxy(&said).unwrap().unwrap();
        assert_eq!(
            (found.url.as_str(), &found.certificate[..]),
            ("https://c", &b"PEM"[..])
        );
        assert_eq!(proxy(&said[..3]).unwrap(), None);
        proxy(&said[..4]).unwrap_err();
        assert_eq!(
            (killed(&said), killed(&["killed 3".to_owned()])),
            (None, Some("3".to_owned()))
        );
    }
}

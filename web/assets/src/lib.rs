//! The pages, embedded as they were when this was built: `web/dist` for everyone, which the gateway
//! serves, and `web/dist-staff` for staff, which the console serves.
//!
//! Names below `/assets/` hold a hash of their content and are kept forever; a page itself is asked
//! for again every time. Brotli and gzip copies were made when the page was built. A page may run
//! what its server serves and nothing else: see `POLICY`.

#[cfg(test)]
mod tests;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// Nothing inline, nothing of a third party, WebAssembly allowed, never in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page's policy where its forms go to one address and no other: `source` is a source expression
/// that names it. `None` if it is more than one, or a keyword.
#[must_use]
pub fn policy_with_form(source: &str) -> Option<HeaderValue> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '\'');
    if source.is_empty() || source.contains(apart) {
        return None;
    }
    let policy = POLICY.replace("form-action 'none'", &format!("form-action {source}"));
    HeaderValue::from_str(&policy).ok()
}

/// One built page with its files.
#[derive(Clone, Copy)]
pub struct Site {
    /// By name, ascending.
    files: &'static [(&'static str, &'static [u8])],
    /// The page's own name.
    index: &'static str,
    /// What is shown where it was not built.
    missing: &'static str,
}

/// The page for voters and observers.
pub const EVERYONE: Site = Site {
    files: embedded::DIST,
    index: "index.html",
    missing: include_str!("missing.html"),
};

/// The console's page for staff.
pub const STAFF: Site = Site {
    files: embedded::DIST_STAFF,
    index: "staff.html",
    missing: include_str!("missing-staff.html"),
};

impl Site {
    /// The page, or the one that says how to build it.
    #[must_use]
    pub fn page(&self, headers: &HeaderMap) -> Response {
        self.file(self.index, headers).unwrap_or_else(|| {
            let body = Body::from(self.missing);
            response("text/html; charset=utf-8", "no-cache", None, body)
        })
    }

    /// An embedded file, compressed if its reader takes that.
    #[must_use]
    pub fn file(&self, name: &str, headers: &HeaderMap) -> Option<Response> {
        let plain = self.find(name)?;
        let caching = if name.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let accepted = [("br", ".br"), ("gzip", ".gz")].into_iter();
        let compressed = accepted
            .filter(|(coding, _)| accepts(headers, coding))
            .find_map(|(coding, suffix)| Some((coding, self.find(&format!("{name}{suffix}"))?)));
        let (coding, bytes) = match compressed {
            Some((coding, bytes)) => (Some(coding), bytes),
            None => (None, plain),
        };
        let body = Body::from(Bytes::from_static(bytes));
        Some(response(media_type(name), caching, coding, body))
    }

    fn find(&self, name: &str) -> Option<&'static [u8]> {
        let known = |(known, _): &(&'static str, _)| (*known).cmp(name);
        let at = self.files.binary_search_by(known).ok()?;
        Some(self.files[at].1)
    }
}

/// Whether `Accept-Encoding` names a coding and does not weigh it with 0.
#[must_use]
pub fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).into_iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts.next().is_some_and(|n| n.eq_ignore_ascii_case(coding));
            named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn response(
    media_type: &'static str,
    caching: &'static str,
    coding: Option<&'static str>,
    body: Body,
) -> Response {
    let mut response = Response::new(body);
    let fixed = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, caching),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

//! The voters' page, embedded: `web/dist` as it was when this program was built.
//!
//! Names below `/assets/` hold a hash of their content and are kept forever; the page itself is asked
//! for again every time. Brotli and gzip copies were made when the page was built. The page may run
//! what this server serves and nothing else: see `POLICY`.

#[cfg(test)]
mod tests;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

/// The paths of the page, which all get the same document: it shows the one that was asked for.
pub const PAGES: [&str; 8] = [
    "/", "/kiosk", "/my", "/receipt", "/result", "/check", "/observe", "/help",
];

/// Nothing inline, nothing of a third party, WebAssembly allowed, never in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
    style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const MISSING: &str = include_str!("assets/missing.html");

/// The page, or the one that says how to build it.
pub fn page(headers: &HeaderMap) -> Response {
    file("index.html", headers).unwrap_or_else(|| {
        let body = Body::from(MISSING);
        response("text/html; charset=utf-8", "no-cache", None, body)
    })
}

/// An embedded file, compressed if its reader takes that.
pub fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = find(name)?;
    let caching = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let accepted = [("br", ".br"), ("gzip", ".gz")].into_iter();
    let compressed = accepted
        .filter(|(coding, _)| accepts(headers, coding))
        .find_map(|(coding, suffix)| Some((coding, find(&format!("{name}{suffix}"))?)));
    let (coding, bytes) = match compressed {
        Some((coding, bytes)) => (Some(coding), bytes),
        None => (None, plain),
    };
    let body = Body::from(Bytes::from_static(bytes));
    Some(response(media_type(name), caching, coding, body))
}

fn find(name: &str) -> Option<&'static [u8]> {
    let files = embedded::FILES;
    let at = files
        .binary_search_by(|(known, _)| (*known).cmp(name))
        .ok()?;
    Some(files[at].1)
}

/// Whether `Accept-Encoding` names a coding and does not weigh it with 0.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
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

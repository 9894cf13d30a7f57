//! A public document that everybody asks for, with the gzip copy that was made once.
//!
//! Only what is public and the same for everyone is compressed. An answer that holds a secret beside
//! what its asker chose would tell of it by its length.

use super::log::respond;
use crate::board::{Caching, File};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use web_assets::accepts;

/// The coding of the copy.
const GZIP: &str = "gzip";

/// A document and its copy.
pub struct Compressed {
    plain: Bytes,
    gzip: Option<Bytes>,
    media_type: &'static str,
}

impl Compressed {
    /// Makes the copy.
    #[must_use]
    pub fn new(plain: Vec<u8>, media_type: &'static str) -> Self {
        Self {
            gzip: gzip(&plain).map(Bytes::from),
            plain: plain.into(),
            media_type,
        }
    }

    /// The document, compressed if its reader takes that.
    pub(super) fn answer(&self, headers: &HeaderMap, caching: Caching) -> Response {
        let gzip = self.gzip.as_ref().filter(|_| accepts(headers, GZIP));
        let file = File {
            bytes: gzip.unwrap_or(&self.plain).clone(),
            media_type: self.media_type,
            caching,
        };
        // The entity tag is of the bytes that are sent, so the two forms have two.
        let mut response = respond(file, headers);
        let vary = HeaderValue::from_static("accept-encoding");
        response.headers_mut().insert(header::VARY, vary);
        if gzip.is_some() {
            let coding = HeaderValue::from_static(GZIP);
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, coding);
        }
        response
    }
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

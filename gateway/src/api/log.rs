//! `GET /log/...`: the board's files, with the headers that caches live by.

use super::Shared;
use crate::board::{BoardError, BoardPath, File};
use crate::problem::{Problem, ProblemKind};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};

/// How many bytes of the content's hash make an entity tag.
const TAG_BYTES: usize = 16;

pub(super) async fn file(
    State(services): State<Shared>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path: BoardPath = path
        .parse()
        .map_err(|_: BoardError| ProblemKind::NotFound)?;
    let place = match path.may_be_large() {
        true => Some(services.large_answers.place().await?),
        false => None,
    };
    let mut file = services
        .board
        .file(path)
        .await
        .map_err(|error| match error {
            BoardError::NotFound => Problem::from(ProblemKind::NotFound),
            BoardError::Store(error) => error.into(),
        })?;
    if let Some(place) = place {
        file.bytes = place.hold(file.bytes);
    }
    Ok(respond(file, &headers))
}

/// A file with its entity tag, or 304 if the client has it.
pub(super) fn respond(file: File, headers: &HeaderMap) -> Response {
    let hash = digest(&SHA256, &file.bytes);
    let tag = format!("\"{}\"", HEXLOWER.encode(&hash.as_ref()[..TAG_BYTES]));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok());
    let known = known.is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let caching = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, file.caching.header().to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, file.media_type)];
    // The log is public and holds no session: any page may read it.
    let open = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (caching, content_type, open, file.bytes).into_response()
}

//! Reading and writing the JSON.

use super::{Document, MAX_BYTES, ManifestError, Problem};
use serde::de::DeserializeOwned;

/// Reads one value, strictly: as its type says, with nothing after it.
pub(super) fn json<T: DeserializeOwned>(json: &[u8]) -> Result<T, ManifestError> {
    if json.len() > MAX_BYTES {
        return Err(ManifestError::TooLong(json.len()));
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|e| ManifestError::Json(Problem::new(e.path(), e.inner())))?;
    reader
        .end()
        .map_err(|e| ManifestError::Json(Problem::new(".", e)))?;
    Ok(value)
}

/// The RFC 8785 bytes.
pub(super) fn canonical(document: &Document) -> Result<Vec<u8>, ManifestError> {
    let bytes = serde_json_canonicalizer::to_vec(document)
        .map_err(|e| ManifestError::Json(Problem::new(".", e)))?;
    if bytes.len() > MAX_BYTES {
        return Err(ManifestError::TooLong(bytes.len()));
    }
    Ok(bytes)
}

/// Compares bytes read with the canonical ones.
pub(super) fn same_bytes(read: &[u8], canonical: &[u8]) -> Result<(), ManifestError> {
    if read == canonical {
        return Ok(());
    }
    let same = read
        .iter()
        .zip(canonical)
        .take_while(|(a, b)| a == b)
        .count();
    Err(ManifestError::NotCanonical(same))
}

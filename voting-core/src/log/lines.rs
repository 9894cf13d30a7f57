//! What the C2SP text formats have in common: decimals, base64 and hashes on lines.

use crate::ids::LogHash;
use data_encoding::BASE64;

/// A decimal as written: no sign, no leading zeroes.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in standard base64.
pub(super) fn encode_hash(hash: &LogHash) -> String {
    BASE64.encode(hash.as_bytes())
}

/// Reads exactly what [`encode_hash`] writes.
pub(super) fn parse_hash(text: &str) -> Option<LogHash> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    Some(LogHash::new(bytes.try_into().ok()?))
}

/// The next line, which must end in a newline, and what follows it.
pub(super) fn split_line(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n')
}

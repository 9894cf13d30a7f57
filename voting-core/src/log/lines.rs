//! What the C2SP text formats have in common: decimals, base64 and hashes on lines.

use crate::ids::LogHash;
use data_encoding::BASE64;

/// A decimal as written: no sign, no leading zeroes.
pub(super) fn parse_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Standard base64 with its padding at the end and no other bits: one text for every value. (The
/// decoder alone would also join several padded texts.)
pub(super) fn parse_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    (BASE64.encode(&bytes) == text).then_some(bytes)
}

/// A hash in standard base64.
pub(super) fn encode_hash(hash: &LogHash) -> String {
    BASE64.encode(hash.as_bytes())
}

/// Reads exactly what [`encode_hash`] writes.
pub(super) fn parse_hash(text: &str) -> Option<LogHash> {
    let bytes = parse_base64(text)?;
    Some(LogHash::new(bytes.try_into().ok()?))
}

/// The next line, which must end in a newline, and what follows it.
pub(super) fn split_line(text: &str) -> Option<(&str, &str)> {
    text.split_once('\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_text_for_every_value() {
        assert_eq!(parse_base64("AAA="), Some(vec![0, 0]));
        for joined in ["AA==AA==", "AAA=AAAA", "AAB=", "AAA", "AAA=\n"] {
            assert_eq!(parse_base64(joined), None, "{joined:?}");
        }
    }
}

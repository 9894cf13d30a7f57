//! Where a notice goes, in the one form that it is kept in.

use crate::config::Channel;
use std::fmt;
use zeroize::Zeroizing;

/// The most characters of a mail address (RFC 5321, 4.5.3.1.3).
const MAX_MAIL: usize = 254;
/// The most characters before its at sign (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// A mobile number of Korea, or a mail address. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    channel: Channel,
    text: Zeroizing<String>,
}

impl Contact {
    /// A contact as people write it; `None` if it is not one.
    #[must_use]
    pub fn new(channel: Channel, text: &str) -> Option<Self> {
        let text = match channel {
            Channel::Sms => mobile(text),
            Channel::Mail => mail(text),
        };
        text.map(|text| Self { channel, text })
    }

    /// How it is reached.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    pub(super) const fn channel_name(&self) -> &'static str {
        match self.channel {
            Channel::Sms => "sms",
            Channel::Mail => "mail",
        }
    }

    /// The number or the address itself, for whoever sends to it and nobody's log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({}, ..)", self.channel_name())
    }
}

/// The digits of `010-1234-5678` or `+82 10 1234 5678`.
fn mobile(text: &str) -> Option<Zeroizing<String>> {
    let text = text.trim();
    let (text, begin) = match text.strip_prefix("+82") {
        Some(rest) => (rest.trim_start_matches([' ', '-']), "0"),
        None => (text, ""),
    };
    let written = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-');
    if text.len() > 20 || !text.chars().all(written) {
        return None;
    }
    let digits = text.chars().filter(char::is_ascii_digit);
    let digits: Zeroizing<String> = Zeroizing::new(begin.chars().chain(digits).collect());
    let kind = ["010", "011", "016", "017", "018", "019"];
    let known = kind.iter().any(|kind| digits.starts_with(kind));
    (known && matches!(digits.len(), 10 | 11)).then_some(digits)
}

/// An address without comments and quotes, whose domain has a dot. What is not case-sensitive, the
/// domain, is in small letters.
fn mail(text: &str) -> Option<Zeroizing<String>> {
    let text = text.trim();
    let (local, domain) = text.split_once('@').filter(|_| text.len() <= MAX_MAIL)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let atoms = |text: &str| {
        text.split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(plain))
    };
    let label = |label: &str| {
        let letters = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let edges = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && label.len() <= 63 && letters && !edges
    };
    let named = domain.contains('.') && domain.split('.').all(label);
    let fits = local.len() <= MAX_LOCAL && atoms(local) && named;
    fits.then(|| Zeroizing::new(format!("{local}@{}", domain.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(channel: Channel, text: &str) -> Option<String> {
        Contact::new(channel, text).map(|contact| contact.as_str().to_owned())
    }

    #[test]
    fn a_number_has_one_form() {
        for text in [
            "010-1234-5678",
            " 01012345678 ",
            "+82 10-1234-5678",
            "+821012345678",
        ] {
            assert_eq!(
                read(Channel::Sms, text).as_deref(),
                Some("01012345678"),
                "{text}"
            );
        }
        for wrong in [
            "",
            "02-123-4567",
            "010-1234-56789",
            "010 1234 567a",
            "+1 10 1234 5678",
            "110",
        ] {
            assert_eq!(read(Channel::Sms, wrong), None, "{wrong}");
        }
        assert_eq!(read(Channel::Sms, &"1".repeat(100_000)), None);
    }

    #[test]
    fn an_address_has_one_form() {
        let good = read(Channel::Mail, " Hong.Gildong+budget@Seoul.Example ");
        assert_eq!(good.as_deref(), Some("Hong.Gildong+budget@seoul.example"));
        for wrong in [
            "",
            "a",
            "a@b",
            "@b.c",
            "a@",
            "a@b..c",
            "a b@c.d",
            "a@b.c\r\nbcc: d@e.f",
            "a@@b.c",
            ".a@b.c",
            "a@-b.c",
            "\"a\"@b.c",
            "홍@b.c",
            "a@b.c,d@e.f",
            "<a@b.c>",
        ] {
            assert_eq!(read(Channel::Mail, wrong), None, "{wrong}");
        }
        let long = format!("{}@b.example", "a".repeat(65));
        assert_eq!(read(Channel::Mail, &long), None);
    }

    #[test]
    fn a_contact_is_not_printed() {
        let contact = Contact::new(Channel::Sms, "010-1234-5678").unwrap();
        assert_eq!(format!("{contact:?}"), "Contact(sms, ..)");
    }
}

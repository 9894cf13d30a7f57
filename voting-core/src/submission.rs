//! A staff action on its way to the gateway, with the document it names.
//!
//! ```text
//! staff entry (u32 length + bytes), flag u8 (0 or 1), document (u32 length + bytes) if 1
//! ```

use crate::codec::{Decode, DecodeError, Encode, Reader, Writer};
use crate::entry::MAX_ENTRY;
use crate::staff::StaffEntry;

/// The most bytes of a document: a result of many projects has far fewer.
pub const MAX_DOCUMENT: usize = 16 << 20;

/// What is posted to `/api/v1/staff/actions`, and what the file between two staff members holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The action with the signatures so far.
    pub entry: StaffEntry,
    /// The document it names, if it names one.
    pub document: Option<Vec<u8>>,
}

impl Submission {
    /// The most bytes of a submission.
    pub const MAX_LEN: usize = MAX_DOCUMENT + MAX_ENTRY + 16;
}

impl Encode for Submission {
    fn encode(&self, w: &mut Writer) {
        w.bytes(&self.entry.to_bytes());
        w.u8(self.document.is_some().into());
        if let Some(document) = &self.document {
            w.bytes(document);
        }
    }
}

impl Decode for Submission {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let entry = StaffEntry::from_bytes(r.bytes(MAX_ENTRY, "staff entry")?)?;
        let document = match r.u8("document flag")? {
            0 => None,
            1 => Some(r.bytes(MAX_DOCUMENT, "document")?.to_vec()),
            flag => {
                let (field, value) = ("document flag", flag.into());
                return Err(DecodeError::Unknown { field, value });
            }
        };
        Ok(Self { entry, document })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staff::{Proposal, StaffAction};
    use proptest::prelude::*;

    fn submission(document: Option<Vec<u8>>) -> Submission {
        let action = StaffAction::Close;
        let proposal = Proposal {
            number: 1,
            checkpoint: vec![2],
            action,
        };
        Submission {
            entry: StaffEntry::new(proposal, Vec::new()),
            document,
        }
    }

    #[test]
    fn it_comes_back_with_and_without_document() {
        for document in [None, Some(Vec::new()), Some(vec![1, 2, 3])] {
            let submission = submission(document);
            assert_eq!(
                Submission::from_bytes(&submission.to_bytes()),
                Ok(submission)
            );
        }
    }

    #[test]
    fn a_wrong_flag_and_trailing_bytes_are_refused() {
        let mut bytes = submission(None).to_bytes();
        bytes.push(0);
        assert_eq!(
            Submission::from_bytes(&bytes),
            Err(DecodeError::Trailing(1))
        );
        let length = bytes.len();
        bytes.truncate(length - 1);
        bytes[length - 2] = 2;
        assert!(matches!(
            Submission::from_bytes(&bytes),
            Err(DecodeError::Unknown { .. })
        ));
    }

    proptest! {
        #[test]
        fn any_bytes_decode_canonically_or_not_at_all(bytes: Vec<u8>) {
            if let Ok(submission) = Submission::from_bytes(&bytes) {
                prop_assert_eq!(submission.to_bytes(), bytes);
            }
        }
    }
}

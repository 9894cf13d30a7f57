//! A staff action on its way to the gateway, with the document it names.
//!
//! ```text
//! staff entry (u32 length + bytes), flag u8 (0 or 1), document (u32 length + bytes) if 1
//! ```

use voting_core::codec::{Decode, DecodeError, Encode, Reader, Writer};
use voting_core::entry::MAX_ENTRY;
use voting_core::staff::StaffEntry;

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

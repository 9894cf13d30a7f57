//! A member's claim that a roll file is to be judged or imported, made on their own device.

use crate::election::secret_key;
use crate::error::WebError;
use voting_core::codec::Encode;
use voting_core::ids::ClassIndex;
use voting_core::manifest::Manifest;
use voting_core::staff::{Document, RollClaim};
use wasm_bindgen::prelude::wasm_bindgen;

/// A roll file, and the election whose staff sign for it.
#[wasm_bindgen]
pub struct RollFile {
    manifest: Manifest,
    file: Document,
}

#[wasm_bindgen]
impl RollFile {
    /// Takes note of a file for an election.
    ///
    /// # Errors
    /// [`WebError`].
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8], file: &[u8]) -> Result<Self, WebError> {
        Ok(Self {
            manifest: Manifest::parse_canonical(manifest)?,
            file: Document::of(file)?,
        })
    }

    /// Signs with the key of a seed, as the member of the manifest whose key it is: what is sent
    /// with the file. `number` is the last import; `class` is that of every row, and empty where a
    /// column names it.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn sign(
        &self,
        seed: &[u8],
        number: u32,
        class: &str,
        replace: bool,
        keep: bool,
    ) -> Result<Vec<u8>, WebError> {
        let key = secret_key(seed)?;
        let public = key.verify_key();
        let mut members = (0u16..).zip(&self.manifest.staff.members);
        let member = members.find(|(_, member)| member.key == public);
        let (member, _) = member.ok_or(WebError::Wrong(
            "this signing key is not in the election's manifest",
        ))?;
        let claim = RollClaim {
            election: self.manifest.election_id(),
            number: number.into(),
            class: self.class(class)?,
            replace,
            keep,
            file: self.file,
        };
        Ok(claim.sign(member, &key).to_bytes())
    }
}

impl RollFile {
    fn class(&self, id: &str) -> Result<Option<ClassIndex>, WebError> {
        let none = WebError::Wrong("the manifest has no such class with a roll");
        if id.is_empty() {
            return Ok(None);
        }
        let index = id.parse().ok();
        let index = index.and_then(|id| self.manifest.class_index(&id));
        match index.is_some_and(|index| self.manifest.has_roll(index)) {
            true => Ok(index),
            false => Err(none),
        }
    }
}

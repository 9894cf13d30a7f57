//! Presets (PROTOCOL.md, "Manifest"): the rules of real years, to start a manifest from.
//!
//! A preset is a manifest's JSON in which `null` means "not known: staff must enter it", with
//! questions that staff must answer beside it. Nothing is guessed: while anything is `null` or
//! unanswered it cannot become a [`Manifest`].
//!
//! ```text
//! {"confirm":[{"confirmed":null,"question":{"en":"..","ko":".."}}],
//!  "format":"hanpyo preset v1",
//!  "manifest":{"contests":[{"picks":{"max":10,"min":null},..}],"keys":null,..},
//!  "note":{"en":"..","ko":".."},"title":{"en":"..","ko":".."}}
//! ```

mod strict;
#[cfg(test)]
mod tests;

use super::{Bilingual, Manifest, ManifestError, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write;
use strict::StrictValue;
use thiserror::Error;

/// Why a preset did not become a manifest, or did not take an entry.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PresetError {
    /// Members are still unknown, at these paths.
    #[error("staff must still enter: {}", .0.join(", "))]
    Incomplete(Vec<String>),
    /// Nothing is unknown at this path.
    #[error("{0} is not a member that waits to be entered")]
    NotMissing(String),
    /// It is not a preset, or what was entered makes no manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// A manifest with members that are not known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    format: PresetFormat,
    title: Bilingual,
    note: Bilingual,
    confirm: Vec<Question>,
    manifest: StrictValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum PresetFormat {
    #[serde(rename = "hanpyo preset v1")]
    V1,
}

/// Something that a member cannot show to be unknown: whether what is absent should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub question: Bilingual,
    /// Whether staff answered yes; a no is answered by altering the preset.
    #[serde(deserialize_with = "yes_or_null")]
    confirmed: Option<bool>,
}

impl Preset {
    /// Reads a preset: strict JSON, at most [`super::MAX_BYTES`].
    ///
    /// # Errors
    /// [`ManifestError::TooLong`] or [`ManifestError::Json`].
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        super::parse::json(json)
    }

    /// Which year's rules these are.
    #[must_use]
    pub const fn title(&self) -> &Bilingual {
        &self.title
    }

    /// What is known of that year, and what is not.
    #[must_use]
    pub const fn note(&self) -> &Bilingual {
        &self.note
    }

    /// What staff must confirm, in the order of `confirm[i]`.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.confirm
    }

    /// The paths of everything that staff must still enter or confirm: `contests[0].picks.min`,
    /// `confirm[0]`.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let open = self.confirm.iter().enumerate();
        let open = open.filter(|(_, question)| question.confirmed.is_none());
        let mut missing: Vec<_> = open.map(|(i, _)| format!("confirm[{i}]")).collect();
        collect_nulls(&self.manifest.0, &mut String::new(), &mut missing);
        missing
    }

    /// Enters what was unknown. A `null` inside the value is unknown again.
    ///
    /// # Errors
    /// [`PresetError::NotMissing`] unless [`Self::missing`] names the path as a member.
    pub fn enter(&mut self, path: &str, value: Value) -> Result<(), PresetError> {
        let slot = find_null(&mut self.manifest.0, &mut String::new(), path);
        *slot.ok_or_else(|| PresetError::NotMissing(path.into()))? = value;
        Ok(())
    }

    /// Answers a question with yes.
    ///
    /// # Errors
    /// [`PresetError::NotMissing`] if there is no such question.
    pub fn confirm(&mut self, index: usize) -> Result<(), PresetError> {
        let question = self.confirm.get_mut(index);
        let question =
            question.ok_or_else(|| PresetError::NotMissing(format!("confirm[{index}]")))?;
        question.confirmed = Some(true);
        Ok(())
    }

    /// The manifest, once nothing is missing.
    ///
    /// # Errors
    /// [`PresetError::Incomplete`], or what [`Manifest::parse`] finds.
    pub fn complete(&self) -> Result<Manifest, PresetError> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(PresetError::Incomplete(missing));
        }
        let json = serde_json::to_vec(&self.manifest)
            .map_err(|e| ManifestError::Json(Problem::new(".", e)))?;
        Ok(Manifest::parse(&json)?)
    }
}

fn yes_or_null<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    let confirmed = Option::<bool>::deserialize(d)?;
    if confirmed == Some(false) {
        let message = "is true or null; a no is answered by altering the preset";
        return Err(serde::de::Error::custom(message));
    }
    Ok(confirmed)
}

fn collect_nulls(value: &Value, path: &mut String, found: &mut Vec<String>) {
    let length = path.len();
    match value {
        Value::Null => found.push(path.clone()),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                push_index(path, i);
                collect_nulls(item, path, found);
                path.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                push_member(path, name);
                collect_nulls(member, path, found);
                path.truncate(length);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn find_null<'a>(value: &'a mut Value, path: &mut String, wanted: &str) -> Option<&'a mut Value> {
    if !wanted.starts_with(path.as_str()) {
        return None;
    }
    let length = path.len();
    match value {
        Value::Null => (path == wanted).then_some(value),
        Value::Array(items) => items.iter_mut().enumerate().find_map(|(i, item)| {
            path.truncate(length);
            push_index(path, i);
            find_null(item, path, wanted)
        }),
        Value::Object(members) => members.iter_mut().find_map(|(name, member)| {
            path.truncate(length);
            push_member(path, name);
            find_null(member, path, wanted)
        }),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn push_index(path: &mut String, index: usize) {
    // Writing to a string does not fail.
    let _infallible = write!(path, "[{index}]");
}

fn push_member(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

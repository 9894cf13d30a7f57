//! A whole file into the registry, with a report of every row.

use super::matching::Roll;
use super::row::Reading;
use super::table::{Encoding, TableError, rows};
use super::{RollKey, RollRow, Verdict};
use crate::registry::{Registry, RollImport};
use crate::store::StoreError;
use std::path::Path;
use thiserror::Error;
use voting_core::ids::{ClassIndex, UnixMillis};
use voting_core::manifest::{Admission, Manifest};

/// A file that was not imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file is no roll.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The class has no roll.
    #[error("the manifest has no class of this name, or the class has no roll")]
    Class,
    /// The registry failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import did.
pub struct Imported {
    /// Its number, from 1.
    pub number: u64,
    /// How the text was encoded; `None` for a workbook.
    pub encoding: Option<Encoding>,
    /// Every row of the file but blank ones.
    pub rows: Vec<RollRow>,
}

impl Imported {
    /// How many rows fell into a heap.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let of = |row: &&RollRow| row.outcome.verdict() == verdict;
        self.rows.iter().filter(of).count()
    }
}

/// Imports a file: everything of it in one transaction, or nothing.
///
/// `class` names the class of all rows; without it the file has a column for it. With `replace`
/// the classes that the file has rows for lose what was on their rolls before.
///
/// # Errors
/// [`ImportError`].
pub async fn import(
    (registry, manifest): (&Registry, &Manifest),
    key: &RollKey,
    (file, class): (&Path, Option<&str>),
    (replace, now): (bool, UnixMillis),
) -> Result<Imported, ImportError> {
    let class = class.map(|named| class_of(manifest, named)).transpose()?;
    let reading = Reading {
        manifest,
        key,
        class,
    };
    let mut read = Vec::new();
    let encoding = rows(file, &mut |cells| read.push(reading.row(&cells)))?;
    let replaced = if replace {
        classes_of(&read)
    } else {
        Vec::new()
    };
    let mut stored = registry.roll().await?;
    stored.retain(|row| row.class.is_none_or(|class| !replaced.contains(&class)));
    let mut roll = Roll::with(&stored);
    read.iter().for_each(|row| roll.meet(row));
    read.iter_mut().for_each(|row| roll.judge(row));
    let kept = RollImport {
        time: now,
        replaced,
        rows: read,
    };
    let number = registry.import_roll(&kept).await?;
    Ok(Imported {
        number,
        encoding,
        rows: kept.rows,
    })
}

fn class_of(manifest: &Manifest, named: &str) -> Result<ClassIndex, ImportError> {
    let classes = (0..).map(ClassIndex::new).zip(&manifest.classes);
    let mut found = classes.filter(|(_, class)| class.id.as_str() == named);
    match found.next() {
        Some((index, class)) if class.admission == Admission::Roll => Ok(index),
        _ => Err(ImportError::Class),
    }
}

fn classes_of(rows: &[RollRow]) -> Vec<ClassIndex> {
    let mut classes: Vec<_> = rows.iter().filter_map(|row| row.class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

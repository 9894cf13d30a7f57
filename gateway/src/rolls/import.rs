//! A whole file into the registry, with a report of every row.

use super::matching::Roll;
use super::row::Reading;
use super::table::{Encoding, TableError, rows};
use super::{RollKey, RollRow, Verdict};
use crate::registry::{Registry, RollImport};
use crate::store::StoreError;
use std::sync::Arc;
use thiserror::Error;
use voting_core::ids::{ClassIndex, UnixMillis};
use voting_core::manifest::Manifest;
use zeroize::Zeroizing;

/// A file that was not imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file is no roll.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The class has no roll.
    #[error("the manifest has no class of this name, or the class has no roll")]
    Class,
    /// Another import came first: what is on the rolls is not what the rows were judged against.
    #[error("another import came first; nothing was changed")]
    Number,
    /// Judging the rows did not come to its end.
    #[error("the rows could not be judged")]
    Judging,
    /// The registry failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be done with a file.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The class of all rows; without it the file has a column for it.
    pub class: Option<ClassIndex>,
    /// Whether the classes that the file has rows for lose what was on their rolls before.
    pub replace: bool,
    /// Whether the rows are kept, or judged only.
    pub keep: bool,
    /// The import it must come after, if that is said.
    pub after: Option<u64>,
}

/// What an import did.
pub struct Imported {
    /// The registry's last import: this one, from 1, where its rows were kept.
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

/// Imports a file: everything of it in one transaction, or nothing. The rows are judged against what
/// is on the rolls, and kept only if that is still so.
///
/// # Errors
/// [`ImportError`].
pub async fn import(
    (registry, manifest): (&Registry, &Arc<Manifest>),
    key: &RollKey,
    file: Zeroizing<Vec<u8>>,
    (order, now): (Order, UnixMillis),
) -> Result<Imported, ImportError> {
    let before = registry.last_import().await?;
    if order.after.is_some_and(|after| after != before) {
        return Err(ImportError::Number);
    }
    let stored = registry.roll().await?;
    let (manifest, key) = (manifest.clone(), key.clone());
    // Seconds for a large file: not on a thread that answers others.
    let judging = tokio::task::spawn_blocking(move || {
        let (class, replace) = (order.class, order.replace);
        judge((&manifest, &key), &file, (class, replace), stored)
    });
    let judged = judging.await.map_err(|_| ImportError::Judging)??;
    let import = RollImport {
        time: now,
        after: before,
        replaced: judged.replaced,
        rows: judged.rows,
    };
    let number = match order.keep {
        true => registry.import_roll(&import).await?,
        false => Some(before),
    };
    Ok(Imported {
        number: number.ok_or(ImportError::Number)?,
        encoding: judged.encoding,
        rows: import.rows,
    })
}

struct Judged {
    encoding: Option<Encoding>,
    replaced: Vec<ClassIndex>,
    rows: Vec<RollRow>,
}

/// Reads a file and judges its rows against what is on the rolls.
fn judge(
    (manifest, key): (&Manifest, &RollKey),
    file: &[u8],
    (class, replace): (Option<ClassIndex>, bool),
    mut stored: Vec<RollRow>,
) -> Result<Judged, ImportError> {
    if !class.is_none_or(|class| manifest.has_roll(class)) {
        return Err(ImportError::Class);
    }
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
    stored.retain(|row| row.class.is_none_or(|class| !replaced.contains(&class)));
    let mut roll = Roll::with(&stored);
    read.iter().for_each(|row| roll.meet(row));
    read.iter_mut().for_each(|row| roll.judge(row));
    Ok(Judged {
        encoding,
        replaced,
        rows: read,
    })
}

fn classes_of(rows: &[RollRow]) -> Vec<ClassIndex> {
    let mut classes: Vec<_> = rows.iter().filter_map(|row| row.class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

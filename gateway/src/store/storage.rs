//! The contract that every store keeps.

use super::{
    CodeFate, Group, Standing, Store, StoreError, StoredCheckpoint, StoredEntry, StoredReceipt,
    TableCounts,
};
use async_trait::async_trait;
use std::ops::Range;
use voting_core::ids::{DocumentHash, ElectionId, LogHash, Pseudonym};
use voting_core::log::tree::{NodeId, NodeMap};
use voting_core::tracking::TrackingCode;

/// Keeps one election. Everything read was committed; everything written is durable when
/// [`Self::commit`] has returned, and all of a group or none of it.
///
/// The database itself refuses a gap in the log, a second checkpoint of a size, a second first
/// ballot of a person, any change of what never changes, and a tracking code that moves twice.
///
/// # Errors
/// Every method: [`StoreError`].
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// Writes a group and makes it durable.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] if another writer came first: nothing was kept. After any other error
    /// it is unknown whether the group was kept, and the caller must read again.
    async fn commit(&self, group: &Group) -> Result<(), StoreError>;

    /// The election and its manifest's address; `None` before entry 0.
    async fn election(&self) -> Result<Option<(ElectionId, DocumentHash)>, StoreError>;

    /// A document by its content address.
    async fn document(&self, hash: &DocumentHash) -> Result<Option<Vec<u8>>, StoreError>;

    /// The addresses of all documents, ascending.
    async fn document_hashes(&self) -> Result<Vec<DocumentHash>, StoreError>;

    /// The entries at these positions, as many of them as there are.
    async fn entries(&self, positions: Range<u64>) -> Result<Vec<StoredEntry>, StoreError>;

    /// The entries of the ballots that count, behind position `after`, at most `limit` of them.
    async fn counted_ballots(
        &self,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// All trustees' messages.
    async fn trustee_entries(&self) -> Result<Vec<StoredEntry>, StoreError>;

    /// The hashes of consecutive nodes of a level, as many of them as there are.
    async fn nodes(&self, level: u8, positions: Range<u64>) -> Result<Vec<LogHash>, StoreError>;

    /// The nodes of a proof; those that are not stored are left out.
    async fn node_map(&self, wanted: &[NodeId]) -> Result<NodeMap, StoreError>;

    /// The newest checkpoint.
    async fn checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError>;

    /// The current credential's bytes of a person.
    async fn credential(
        &self,
        election: &ElectionId,
        pseudonym: &Pseudonym,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// The receipt of the ballot of a person that counts.
    async fn current_ballot(
        &self,
        election: &ElectionId,
        pseudonym: &Pseudonym,
    ) -> Result<Option<StoredReceipt>, StoreError>;

    /// The receipt of the ballot with this tracking code.
    async fn receipt(&self, code: &TrackingCode) -> Result<Option<StoredReceipt>, StoreError>;

    /// What is known of ballots and the persons who send them, each by its tracking code and its
    /// person's pseudonym, in the order of the questions.
    async fn standings(
        &self,
        asked: &[(TrackingCode, Pseudonym)],
    ) -> Result<Vec<Standing>, StoreError>;

    /// The receipts whose tracking code lies between two codes, both included, at most `limit`.
    async fn receipts_between(
        &self,
        first: &[u8; 32],
        last: &[u8; 32],
        limit: u32,
    ) -> Result<Vec<StoredReceipt>, StoreError>;

    /// Who registered a tracking code and what became of it.
    async fn code(&self, code: &TrackingCode) -> Result<Option<(Pseudonym, CodeFate)>, StoreError>;

    /// Every tracking code that a person registered, and its fate.
    async fn codes_of(
        &self,
        pseudonym: &Pseudonym,
    ) -> Result<Vec<(TrackingCode, CodeFate)>, StoreError>;

    /// How many rows the derived tables hold, to be compared with the log at start.
    async fn table_counts(&self) -> Result<TableCounts, StoreError>;

    /// The same store, read over two connections of its own: whoever reads the whole log keeps none
    /// from those who vote. It is closed with this one.
    fn for_board(&self) -> Store;

    /// Closes every connection.
    async fn close(&self);
}

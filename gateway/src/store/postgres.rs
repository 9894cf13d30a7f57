//! The PostgreSQL store (15 or newer): one database for any number of gateway processes.
//!
//! Exactly one process at a time appends: every commit moves the head row by compare-and-set on
//! (term, size), so a writer whose term is over cannot commit, however late it wakes up. Who may
//! take a term is the [`Lease`]'s affair and only a matter of not being in each other's way.
//!
//! `synchronous_commit=on` whatever the server's default: with a synchronous standby a commit that
//! has returned is on both. Each new connection waits for one such commit of its own before it
//! reads: what a primary that has just restarted shows may not have reached its standby, and nobody
//! may be told that it is kept before it has.

mod lease;
mod primary;
mod schema;
mod write;

pub use lease::{Lease, LeaseState};
pub use primary::PostgresOptions;

use super::read::storage;
use super::rows::{Columns, signed};
use super::{
    CodeFate, Group, Standing, Storage, Store, StoreError, StoredCheckpoint, StoredEntry,
    StoredReceipt, TableCounts,
};
use primary::{Primary, Reading};
use sqlx::{PgConnection, PgPool, Row};
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::Mutex;
use voting_core::ids::{DocumentHash, ElectionId, LogHash, Pseudonym};
use voting_core::log::tree::{NodeId, NodeMap};
use voting_core::tracking::TrackingCode;

/// An opened PostgreSQL store. Cheap to clone.
#[derive(Clone)]
pub struct PostgresStore {
    primary: Arc<Primary>,
    /// Whose connections it reads over.
    reading: Reading,
    /// The one writing connection. Taken out while it is used and put back only after a success: a
    /// future that is dropped half way drops the connection with whatever it had open.
    writer: Arc<Mutex<Option<PgConnection>>>,
}

impl PostgresStore {
    /// Makes the schema in an empty database, as its owner, or brings it up to date.
    ///
    /// # Errors
    /// [`StoreError::NoPrimary`], [`StoreError::Schema`], and the database's own.
    pub async fn migrate(options: &PostgresOptions) -> Result<(), StoreError> {
        let primary = Primary::find(options.clone()).await?;
        let mut owner = primary.connect_to_write().await?;
        schema::migrate(&mut owner).await?;
        primary.close().await;
        Ok(())
    }

    /// Finds the primary among the listed servers and checks its schema and settings.
    ///
    /// # Errors
    /// [`StoreError::NoPrimary`], [`StoreError::Schema`], [`StoreError::SchemaBehind`],
    /// [`StoreError::NotDurable`], [`StoreError::Asynchronous`], and the database's own.
    pub async fn open(options: &PostgresOptions) -> Result<Self, StoreError> {
        let primary = Primary::find(options.clone()).await?;
        let readers = primary.readers(Reading::Requests);
        schema::check(&readers).await?;
        schema::check_durability(&readers, options.needs_standby()).await?;
        Ok(Self {
            primary: Arc::new(primary),
            reading: Reading::Requests,
            writer: Arc::default(),
        })
    }

    /// Looks for the primary again; whether it is another server now.
    ///
    /// # Errors
    /// [`StoreError::NoPrimary`] if none of the listed servers is one.
    pub async fn look_again(&self) -> Result<bool, StoreError> {
        let moved = self.primary.look_again().await?;
        if moved {
            *self.writer.lock().await = None;
            // It goes on in any case: refusing the new primary would end the vote.
            let (readers, needs_standby) = (self.readers(), self.primary.needs_standby());
            tokio::spawn(async move {
                if let Err(error) = schema::check_durability(&readers, needs_standby).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the new primary");
                }
            });
        }
        Ok(moved)
    }

    /// Forgets the idle connections: the server may have gone away under them.
    pub async fn forget_writer(&self) {
        *self.writer.lock().await = None;
    }

    async fn connect_to_primary(&self) -> Result<PgConnection, StoreError> {
        Ok(self.primary.connect_to_write().await?)
    }

    /// The connections that it reads over.
    pub(crate) fn readers(&self) -> PgPool {
        self.primary.readers(self.reading)
    }

    fn board(&self) -> Self {
        Self {
            reading: Reading::Board,
            ..self.clone()
        }
    }

    async fn find_nodes(&self, wanted: &[NodeId]) -> Result<NodeMap, StoreError> {
        let (mut levels, mut positions) = (Vec::new(), Vec::new());
        for node in wanted {
            levels.push(i16::from(node.level()));
            positions.push(signed(node.index(), "position")?);
        }
        let rows = sqlx::query(
            "SELECT hash, wanted.nth FROM node
             JOIN UNNEST($1::smallint[], $2::bigint[]) WITH ORDINALITY AS wanted (level, position, nth)
             ON node.level = wanted.level AND node.position = wanted.position",
        )
        .bind(levels)
        .bind(positions)
        .fetch_all(&self.readers())
        .await?;
        let mut map = NodeMap::new();
        for row in &rows {
            let nth = usize::try_from(row.number(1, "node")?).ok();
            let node = nth.and_then(|nth| wanted.get(nth.checked_sub(1)?));
            let node = node.ok_or(StoreError::Value("node"))?;
            map.insert(*node, LogHash::new(row.array(0, "node's hash")?));
        }
        Ok(map)
    }

    async fn find_standings(
        &self,
        asked: &[(TrackingCode, Pseudonym)],
    ) -> Result<Vec<Standing>, StoreError> {
        let codes: Vec<&[u8]> = asked.iter().map(|(code, _)| &code.as_bytes()[..]).collect();
        let people: Vec<&[u8]> = asked.iter().map(|(_, who)| &who.as_bytes()[..]).collect();
        let rows = sqlx::query(
            // `OFFSET 0` has each table asked by its whole key for each ballot. Joined freely, the
            // planner, who believes that there are hundreds of elections, reads all people of one.
            "SELECT same.entry, same.code, same.receipt,
                    counted.entry, counted.code, counted.receipt, credential.bytes
             FROM UNNEST($1::bytea[], $2::bytea[]) WITH ORDINALITY AS asked (code, person, nth)
             LEFT JOIN LATERAL (SELECT * FROM ballot WHERE ballot.code = asked.code OFFSET 0)
                 AS same ON true
             LEFT JOIN LATERAL (SELECT code FROM current_ballot
                 WHERE election = (SELECT election FROM election) AND pseudonym = asked.person
                 OFFSET 0) AS latest ON true
             LEFT JOIN LATERAL (SELECT * FROM ballot WHERE ballot.code = latest.code OFFSET 0)
                 AS counted ON true
             LEFT JOIN LATERAL (SELECT bytes FROM credential
                 WHERE election = (SELECT election FROM election) AND pseudonym = asked.person
                 OFFSET 0) AS credential ON true
             ORDER BY asked.nth",
        )
        .bind(codes)
        .bind(people)
        .fetch_all(&self.readers())
        .await?;
        rows.iter().map(Columns::standing).collect()
    }

    async fn end(&self) {
        self.forget_writer().await;
        self.primary.close().await;
    }
}

storage!(PostgresStore);

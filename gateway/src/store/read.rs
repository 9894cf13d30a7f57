//! Reading what was committed: the same look-ups by key in both databases.
//!
//! The strings are static and the connections' search path finds the tables; writing, and what the
//! databases do not do alike, is each store's own.

/// Makes a type with `readers()`, `board()`, `write()`, `find_nodes()`, `find_standings()` and `end()`
/// a [`Storage`](super::Storage).
macro_rules! storage {
    ($store:ty) => {
        #[async_trait::async_trait]
        impl Storage for $store {
            async fn commit(&self, group: &Group) -> Result<(), StoreError> {
                self.write(group).await
            }

            async fn election(&self) -> Result<Option<(ElectionId, DocumentHash)>, StoreError> {
                let row = sqlx::query("SELECT election, manifest FROM election")
                    .fetch_optional(&self.readers())
                    .await?;
                let Some(row) = row else { return Ok(None) };
                Ok(Some((
                    ElectionId::new(row.array(0, "election id")?),
                    DocumentHash::new(row.array(1, "manifest's address")?),
                )))
            }

            async fn document(&self, hash: &DocumentHash) -> Result<Option<Vec<u8>>, StoreError> {
                let row = sqlx::query("SELECT bytes FROM document WHERE hash = $1")
                    .bind(hash.as_bytes().as_slice())
                    .fetch_optional(&self.readers())
                    .await?;
                Ok(row.map(|row| row.try_get(0)).transpose()?)
            }

            async fn document_hashes(&self) -> Result<Vec<DocumentHash>, StoreError> {
                let rows = sqlx::query("SELECT hash FROM document ORDER BY hash")
                    .fetch_all(&self.readers())
                    .await?;
                let hash = |row: &_| Columns::array(row, 0, "document's address");
                rows.iter()
                    .map(|row| Ok(DocumentHash::new(hash(row)?)))
                    .collect()
            }

            async fn entries(&self, positions: Range<u64>) -> Result<Vec<StoredEntry>, StoreError> {
                let rows = sqlx::query(
                    "SELECT position, time, bytes FROM entry
                     WHERE position >= $1 AND position < $2 ORDER BY position",
                )
                .bind(signed(positions.start, "position")?)
                .bind(signed(positions.end, "position")?)
                .fetch_all(&self.readers())
                .await?;
                rows.iter().map(Columns::entry).collect()
            }

            async fn counted_ballots(
                &self,
                after: Option<u64>,
                limit: u32,
            ) -> Result<Vec<StoredEntry>, StoreError> {
                let rows = sqlx::query(
                    "SELECT entry.position, entry.time, entry.bytes
                     FROM ballot JOIN current_ballot USING (code)
                     JOIN entry ON entry.position = ballot.entry
                     WHERE ballot.entry > $1 ORDER BY ballot.entry LIMIT $2",
                )
                .bind(after.map_or(Ok(-1), |position| signed(position, "position"))?)
                .bind(i64::from(limit))
                .fetch_all(&self.readers())
                .await?;
                rows.iter().map(Columns::entry).collect()
            }

            async fn trustee_entries(&self) -> Result<Vec<StoredEntry>, StoreError> {
                let rows = sqlx::query(
                    "SELECT position, time, bytes FROM entry WHERE kind = 2 ORDER BY position",
                )
                .fetch_all(&self.readers())
                .await?;
                rows.iter().map(Columns::entry).collect()
            }

            async fn nodes(
                &self,
                level: u8,
                positions: Range<u64>,
            ) -> Result<Vec<LogHash>, StoreError> {
                let rows = sqlx::query(
                    "SELECT hash FROM node
                     WHERE level = $1 AND position >= $2 AND position < $3 ORDER BY position",
                )
                .bind(i64::from(level))
                .bind(signed(positions.start, "position")?)
                .bind(signed(positions.end, "position")?)
                .fetch_all(&self.readers())
                .await?;
                let hash = |row: &_| Columns::array(row, 0, "node's hash");
                rows.iter().map(|row| Ok(LogHash::new(hash(row)?))).collect()
            }

            async fn node_map(&self, wanted: &[NodeId]) -> Result<NodeMap, StoreError> {
                self.find_nodes(wanted).await
            }

            async fn checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
                let row = sqlx::query(
                    "SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1",
                )
                .fetch_optional(&self.readers())
                .await?;
                row.as_ref().map(Columns::checkpoint).transpose()
            }

            async fn credential(
                &self,
                election: &ElectionId,
                pseudonym: &Pseudonym,
            ) -> Result<Option<Vec<u8>>, StoreError> {
                let row = sqlx::query(
                    "SELECT bytes FROM credential WHERE election = $1 AND pseudonym = $2",
                )
                .bind(election.as_bytes().as_slice())
                .bind(pseudonym.as_bytes().as_slice())
                .fetch_optional(&self.readers())
                .await?;
                Ok(row.map(|row| row.try_get(0)).transpose()?)
            }

            async fn current_ballot(
                &self,
                election: &ElectionId,
                pseudonym: &Pseudonym,
            ) -> Result<Option<StoredReceipt>, StoreError> {
                let row = sqlx::query(
                    "SELECT ballot.entry, ballot.code, ballot.receipt
                     FROM current_ballot JOIN ballot USING (code)
                     WHERE current_ballot.election = $1 AND current_ballot.pseudonym = $2",
                )
                .bind(election.as_bytes().as_slice())
                .bind(pseudonym.as_bytes().as_slice())
                .fetch_optional(&self.readers())
                .await?;
                row.as_ref().map(Columns::receipt).transpose()
            }

            async fn receipt(
                &self,
                code: &TrackingCode,
            ) -> Result<Option<StoredReceipt>, StoreError> {
                let row = sqlx::query("SELECT entry, code, receipt FROM ballot WHERE code = $1")
                    .bind(code.as_bytes().as_slice())
                    .fetch_optional(&self.readers())
                    .await?;
                row.as_ref().map(Columns::receipt).transpose()
            }

            async fn standings(
                &self,
                asked: &[(TrackingCode, Pseudonym)],
            ) -> Result<Vec<Standing>, StoreError> {
                let standings = self.find_standings(asked).await?;
                match standings.len() == asked.len() {
                    true => Ok(standings),
                    false => Err(StoreError::Value("standing")),
                }
            }

            async fn receipts_between(
                &self,
                first: &[u8; 32],
                last: &[u8; 32],
                limit: u32,
            ) -> Result<Vec<StoredReceipt>, StoreError> {
                let rows = sqlx::query(
                    "SELECT entry, code, receipt FROM ballot
                     WHERE code >= $1 AND code <= $2 ORDER BY code LIMIT $3",
                )
                .bind(first.as_slice())
                .bind(last.as_slice())
                .bind(i64::from(limit))
                .fetch_all(&self.readers())
                .await?;
                rows.iter().map(Columns::receipt).collect()
            }

            async fn code(
                &self,
                code: &TrackingCode,
            ) -> Result<Option<(Pseudonym, CodeFate)>, StoreError> {
                let row = sqlx::query("SELECT pseudonym, fate FROM tracking_code WHERE code = $1")
                    .bind(code.as_bytes().as_slice())
                    .fetch_optional(&self.readers())
                    .await?;
                let Some(row) = row else { return Ok(None) };
                let owner = Pseudonym::new(row.array(0, "pseudonym")?);
                Ok(Some((owner, CodeFate::parse(row.try_get(1)?)?)))
            }

            async fn codes_of(
                &self,
                pseudonym: &Pseudonym,
            ) -> Result<Vec<(TrackingCode, CodeFate)>, StoreError> {
                let rows = sqlx::query("SELECT code, fate FROM tracking_code WHERE pseudonym = $1")
                    .bind(pseudonym.as_bytes().as_slice())
                    .fetch_all(&self.readers())
                    .await?;
                let mut codes = Vec::with_capacity(rows.len());
                for row in &rows {
                    let code = TrackingCode::new(row.array(0, "tracking code")?);
                    codes.push((code, CodeFate::parse(row.try_get(1)?)?));
                }
                Ok(codes)
            }

            async fn table_counts(&self) -> Result<TableCounts, StoreError> {
                let row = sqlx::query(
                    "SELECT (SELECT count(*) FROM ballot), (SELECT count(*) FROM current_ballot),
                            (SELECT count(*) FROM credential),
                            (SELECT coalesce(max(position) + 1, 0) FROM entry)",
                )
                .fetch_one(&self.readers())
                .await?;
                row.counts()
            }

            fn for_board(&self) -> Store {
                Store::new(self.board())
            }

            async fn close(&self) {
                self.end().await;
            }
        }
    };
}

pub(super) use storage;

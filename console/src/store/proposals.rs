//! Proposals and their signatures.

use super::{Store, ms, unsigned};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use voting_core::codec::{Decode, Encode};
use voting_core::ids::UnixMillis;
use voting_core::keys::Signature;
use voting_core::manifest::Manifest;
use voting_core::staff::{Proposal, StaffEntry};
use voting_core::submission::Submission;

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    /// Signatures are wanted.
    Open,
    /// A founding that enough have signed.
    Signed,
    /// The gateway is being asked.
    Submitting,
    /// In the log.
    Done,
    /// Given up.
    Withdrawn,
}

impl ProposalState {
    const fn text(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Signed => "signed",
            Self::Submitting => "submitting",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn read(text: &str) -> sqlx::Result<Self> {
        let all = [
            Self::Open,
            Self::Signed,
            Self::Submitting,
            Self::Done,
            Self::Withdrawn,
        ];
        let found = all.into_iter().find(|state| state.text() == text);
        found.ok_or(sqlx::Error::Decode("proposal state".into()))
    }
}

/// A member's signature on a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who.
    pub member: i64,
    /// The key's place in the manifest's staff.
    pub position: u16,
    /// The signature.
    pub signature: Signature,
    /// When.
    pub time: UnixMillis,
}

/// A proposal as it is stored.
#[derive(Clone, Debug)]
pub struct StoredProposal {
    /// Row.
    pub id: i64,
    /// The draft it founds an election of.
    pub draft: Option<i64>,
    /// Of the election it is for.
    pub manifest: Manifest,
    /// What is signed.
    pub proposal: Proposal,
    /// The document it names.
    pub document: Option<Vec<u8>>,
    /// Who proposed it.
    pub proposer: i64,
    /// When.
    pub created_at: UnixMillis,
    /// Where it stands.
    pub state: ProposalState,
    /// Its entry in the log.
    pub entry: Option<u64>,
    /// What the gateway said last, where it refused.
    pub refusal: Option<String>,
    /// Who signed.
    pub signatures: Vec<Signed>,
}

impl StoredProposal {
    /// What goes to the gateway, with the signatures so far.
    #[must_use]
    pub fn submission(&self) -> Submission {
        let signatures = self.signatures.iter();
        let signatures = signatures.map(|s| (s.position, s.signature)).collect();
        Submission {
            entry: StaffEntry::new(self.proposal.clone(), signatures),
            document: self.document.clone(),
        }
    }

    /// Whether as many have signed as the manifest demands.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.signatures.len() >= usize::from(self.manifest.staff.required)
    }
}

/// A new proposal.
pub struct NewProposal<'a> {
    /// The draft it founds an election of.
    pub draft: Option<i64>,
    /// Of the election it is for.
    pub manifest: &'a Manifest,
    /// What is signed.
    pub proposal: &'a Proposal,
    /// The document it names.
    pub document: Option<&'a [u8]>,
}

impl Store {
    /// Keeps a proposal; its id.
    ///
    /// # Errors
    /// The database's; a second founding of a draft breaks its uniqueness.
    pub async fn new_proposal(
        &self,
        new: NewProposal<'_>,
        by: i64,
        now: UnixMillis,
    ) -> sqlx::Result<i64> {
        let sql =
            "INSERT INTO proposal (draft, manifest, bytes, document, proposer, created_at, state)
            VALUES (?, ?, ?, ?, ?, ?, 'open') RETURNING id";
        let query = sqlx::query(sql)
            .bind(new.draft)
            .bind(new.manifest.canonical());
        let query = query.bind(new.proposal.to_bytes()).bind(new.document);
        let query = query.bind(by).bind(ms(now));
        query.fetch_one(&self.pool).await?.try_get(0)
    }

    /// The newest proposals, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn proposals(&self) -> sqlx::Result<Vec<StoredProposal>> {
        let sql = "SELECT id FROM proposal ORDER BY id DESC LIMIT 50";
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.extend(self.proposal(row.try_get(0)?).await?);
        }
        Ok(all)
    }

    /// One proposal with its signatures.
    ///
    /// # Errors
    /// The database's.
    pub async fn proposal(&self, id: i64) -> sqlx::Result<Option<StoredProposal>> {
        let sql = "SELECT id, draft, manifest, bytes, document, proposer, created_at, state, entry, refusal
            FROM proposal WHERE id = ?";
        let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&self.pool).await? else {
            return Ok(None);
        };
        let sql =
            "SELECT member, position, bytes, time FROM signature WHERE proposal = ? ORDER BY time";
        let rows = sqlx::query(sql).bind(id).fetch_all(&self.pool).await?;
        let signatures = rows.iter().map(signed).collect::<sqlx::Result<_>>()?;
        Ok(Some(stored(&row, signatures)?))
    }

    /// Keeps a verified signature on an open proposal; whether it was taken.
    ///
    /// # Errors
    /// The database's; a second signature of one member breaks its uniqueness.
    pub async fn sign(&self, proposal: i64, signed: &Signed) -> sqlx::Result<bool> {
        let sql = "INSERT INTO signature (proposal, member, position, bytes, time)
            SELECT id, ?, ?, ?, ? FROM proposal WHERE id = ? AND state = 'open'";
        let query = sqlx::query(sql).bind(signed.member).bind(signed.position);
        let query = query
            .bind(&signed.signature.as_bytes()[..])
            .bind(ms(signed.time));
        Ok(query
            .bind(proposal)
            .execute(&self.pool)
            .await?
            .rows_affected()
            == 1)
    }

    /// Moves a proposal from one state to another; whether it was in it.
    ///
    /// # Errors
    /// The database's.
    pub async fn advance(
        &self,
        proposal: i64,
        from: ProposalState,
        to: ProposalState,
    ) -> sqlx::Result<bool> {
        let sql = "UPDATE proposal SET state = ? WHERE id = ? AND state = ?";
        let query = sqlx::query(sql)
            .bind(to.text())
            .bind(proposal)
            .bind(from.text());
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }

    /// Keeps what the gateway answered: the entry, or why not.
    ///
    /// # Errors
    /// The database's.
    pub async fn answered(&self, proposal: i64, answer: Result<u64, &str>) -> sqlx::Result<()> {
        let sql = "UPDATE proposal SET state = ?, entry = ?, refusal = ? WHERE id = ? AND state = 'submitting'";
        let state = if answer.is_ok() {
            ProposalState::Done
        } else {
            ProposalState::Open
        };
        let entry = answer.ok().and_then(|entry| i64::try_from(entry).ok());
        let query = sqlx::query(sql)
            .bind(state.text())
            .bind(entry)
            .bind(answer.err());
        query.bind(proposal).execute(&self.pool).await?;
        Ok(())
    }

    /// At start: whether the gateway took what was being submitted is asked again by whoever signed.
    pub(super) async fn reopen_interrupted(&self) -> sqlx::Result<()> {
        let sql = "UPDATE proposal SET state = 'open' WHERE state = 'submitting'";
        sqlx::query(sql).execute(&self.pool).await?;
        Ok(())
    }
}

fn stored(row: &SqliteRow, signatures: Vec<Signed>) -> sqlx::Result<StoredProposal> {
    let manifest = Manifest::parse_canonical(row.try_get(2)?);
    let proposal = Proposal::from_bytes(row.try_get(3)?);
    Ok(StoredProposal {
        id: row.try_get(0)?,
        draft: row.try_get(1)?,
        manifest: manifest.map_err(|e| sqlx::Error::Decode(e.into()))?,
        proposal: proposal.map_err(|e| sqlx::Error::Decode(e.into()))?,
        document: row.try_get(4)?,
        proposer: row.try_get(5)?,
        created_at: UnixMillis::new(unsigned(row.try_get(6)?)),
        state: ProposalState::read(row.try_get(7)?)?,
        entry: row.try_get::<Option<i64>, _>(8)?.map(unsigned),
        refusal: row.try_get(9)?,
        signatures,
    })
}

fn signed(row: &SqliteRow) -> sqlx::Result<Signed> {
    let bytes: &[u8] = row.try_get(2)?;
    let bytes = bytes
        .try_into()
        .map_err(|_| sqlx::Error::Decode("signature".into()))?;
    Ok(Signed {
        member: row.try_get(0)?,
        position: row.try_get(1)?,
        signature: Signature::new(bytes),
        time: UnixMillis::new(unsigned(row.try_get(3)?)),
    })
}

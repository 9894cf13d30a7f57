//! Members, their passkeys, invitations and sessions.

use super::{Store, ms};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use voting_core::ids::UnixMillis;
use voting_core::keys::VerifyKey;
use webauthn_rs::prelude::{Passkey, Uuid};

/// What a member may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Drafts, proposes, signs (운영자).
    Manager,
    /// Reads (열람).
    Observer,
    /// Opens the desk (창구) and sees nothing else.
    Clerk,
}

/// How a session was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// With a passkey.
    Passkey,
    /// With an account of the OpenID provider.
    Account,
}

impl Role {
    const fn text(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Observer => "observer",
            Self::Clerk => "clerk",
        }
    }

    fn read(text: &str) -> Self {
        match text {
            "manager" => Self::Manager,
            "observer" => Self::Observer,
            // The table allows these three; the least one if it were another.
            _ => Self::Clerk,
        }
    }
}

/// A member of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Row.
    pub id: i64,
    /// What passkeys call the member.
    pub handle: Uuid,
    /// As colleagues know them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The public half of the signing key, once registered.
    pub key: Option<VerifyKey>,
    /// Whether the membership was ended.
    pub ended: bool,
}

impl Store {
    /// Keeps an invitation by its token's hash.
    ///
    /// # Errors
    /// The database's.
    pub async fn invite(
        &self,
        hash: &[u8; 32],
        name: &str,
        role: Role,
        until: UnixMillis,
    ) -> sqlx::Result<()> {
        let sql = "INSERT INTO invitation (hash, name, role, expires_at) VALUES (?, ?, ?, ?)";
        let query = sqlx::query(sql)
            .bind(&hash[..])
            .bind(name)
            .bind(role.text());
        query.bind(ms(until)).execute(&self.pool).await?;
        Ok(())
    }

    /// Name and role of an invitation that is not used and not over.
    ///
    /// # Errors
    /// The database's.
    pub async fn invitation(
        &self,
        hash: &[u8; 32],
        now: UnixMillis,
    ) -> sqlx::Result<Option<(String, Role)>> {
        let sql = "SELECT name, role FROM invitation WHERE hash = ? AND member IS NULL AND expires_at > ?";
        let row = sqlx::query(sql).bind(&hash[..]).bind(ms(now));
        let row = row.fetch_optional(&self.pool).await?;
        row.map(|row| Ok((row.try_get(0)?, Role::read(row.try_get(1)?))))
            .transpose()
    }

    /// Makes a member of an invitation, which is used up by it; `None` if another was quicker.
    ///
    /// # Errors
    /// The database's.
    pub async fn enrol(
        &self,
        invitation: &[u8; 32],
        handle: Uuid,
        passkey: &Passkey,
        now: UnixMillis,
    ) -> sqlx::Result<Option<i64>> {
        let mut transaction = self.pool.begin().await?;
        let made = Self::make_member(&mut transaction, invitation, handle, now).await?;
        let Some(id) = made else {
            return Ok(None);
        };
        let sql = "INSERT INTO passkey (credential, member, passkey) VALUES (?, ?, ?)";
        let query = sqlx::query(sql).bind(passkey.cred_id().as_slice()).bind(id);
        query
            .bind(written(passkey)?)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(id))
    }

    /// Makes a member of an invitation and uses it up; `None` if another was quicker.
    pub(super) async fn make_member(
        transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
        invitation: &[u8; 32],
        handle: Uuid,
        now: UnixMillis,
    ) -> sqlx::Result<Option<i64>> {
        let sql = "INSERT INTO member (handle, name, role, created_at)
            SELECT ?, name, role, ? FROM invitation
            WHERE hash = ? AND member IS NULL AND expires_at > ? RETURNING id";
        let query = sqlx::query(sql).bind(&handle.as_bytes()[..]).bind(ms(now));
        let query = query.bind(&invitation[..]).bind(ms(now));
        let Some(row) = query.fetch_optional(&mut **transaction).await? else {
            return Ok(None);
        };
        let id: i64 = row.try_get(0)?;
        let used = "UPDATE invitation SET member = ? WHERE hash = ?";
        let query = sqlx::query(used).bind(id).bind(&invitation[..]);
        query.execute(&mut **transaction).await?;
        Ok(Some(id))
    }

    /// The member and the passkey of a credential.
    ///
    /// # Errors
    /// The database's.
    pub async fn passkey(&self, credential: &[u8]) -> sqlx::Result<Option<(Member, Passkey)>> {
        let sql = "SELECT m.id, m.handle, m.name, m.role, m.key, m.ended_at, p.passkey
            FROM passkey p JOIN member m ON m.id = p.member WHERE p.credential = ?";
        let row = sqlx::query(sql)
            .bind(credential)
            .fetch_optional(&self.pool)
            .await?;
        let read = |row: SqliteRow| {
            let passkey = serde_json::from_str(row.try_get(6)?);
            Ok((
                member(&row)?,
                passkey.map_err(|e| sqlx::Error::Decode(e.into()))?,
            ))
        };
        row.map(read).transpose()
    }

    /// Keeps a passkey whose counter moved.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_passkey(&self, passkey: &Passkey) -> sqlx::Result<()> {
        let sql = "UPDATE passkey SET passkey = ? WHERE credential = ?";
        let query = sqlx::query(sql).bind(written(passkey)?);
        query
            .bind(passkey.cred_id().as_slice())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The credential ids of a member, for asking a device for the right one.
    ///
    /// # Errors
    /// The database's.
    pub async fn credentials(&self, member: i64) -> sqlx::Result<Vec<Vec<u8>>> {
        let sql = "SELECT credential FROM passkey WHERE member = ? ORDER BY credential";
        let rows = sqlx::query(sql).bind(member).fetch_all(&self.pool).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// Everyone, in the order in which they enrolled.
    ///
    /// # Errors
    /// The database's.
    pub async fn members(&self) -> sqlx::Result<Vec<Member>> {
        let sql = "SELECT id, handle, name, role, key, ended_at FROM member ORDER BY id";
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
        rows.iter().map(member).collect()
    }

    /// Registers a member's signing key, once; whether it was taken.
    ///
    /// # Errors
    /// The database's; another member's key breaks its uniqueness.
    pub async fn set_key(&self, member: i64, key: &VerifyKey) -> sqlx::Result<bool> {
        let sql = "UPDATE member SET key = ? WHERE id = ? AND key IS NULL";
        let query = sqlx::query(sql).bind(&key.as_bytes()[..]).bind(member);
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }

    /// Ends a membership with its sessions; whether there was one.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_member(&self, member: i64, now: UnixMillis) -> sqlx::Result<bool> {
        let sql = "UPDATE member SET ended_at = ? WHERE id = ? AND ended_at IS NULL";
        let ended = sqlx::query(sql)
            .bind(ms(now))
            .bind(member)
            .execute(&self.pool)
            .await?;
        let sql = "DELETE FROM session WHERE member = ?";
        sqlx::query(sql).bind(member).execute(&self.pool).await?;
        Ok(ended.rows_affected() == 1)
    }

    /// Begins a session, and forgets those that are over.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_session(
        &self,
        hash: &[u8; 32],
        member: i64,
        now: UnixMillis,
        until: UnixMillis,
        way: Way,
    ) -> sqlx::Result<()> {
        let sql = "DELETE FROM session WHERE expires_at <= ?";
        sqlx::query(sql).bind(ms(now)).execute(&self.pool).await?;
        let sql = "INSERT INTO session (hash, member, expires_at, by_passkey) VALUES (?, ?, ?, ?)";
        let query = sqlx::query(sql)
            .bind(&hash[..])
            .bind(member)
            .bind(ms(until))
            .bind(way == Way::Passkey);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Whose session it is, if it is not over.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self, hash: &[u8; 32], now: UnixMillis) -> sqlx::Result<Option<Member>> {
        let sql = "SELECT m.id, m.handle, m.name, m.role, m.key, m.ended_at
            FROM session s JOIN member m ON m.id = s.member
            WHERE s.hash = ? AND s.expires_at > ? AND m.ended_at IS NULL";
        let row = sqlx::query(sql).bind(&hash[..]).bind(ms(now));
        let row = row.fetch_optional(&self.pool).await?;
        row.as_ref().map(member).transpose()
    }

    /// Whether a session was begun with a passkey.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_by_passkey(&self, hash: &[u8; 32]) -> sqlx::Result<bool> {
        let sql = "SELECT by_passkey FROM session WHERE hash = ?";
        let row = sqlx::query(sql).bind(&hash[..]).fetch_optional(&self.pool);
        row.await?.map_or(Ok(false), |row| row.try_get(0))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database's.
    pub async fn end_session(&self, hash: &[u8; 32]) -> sqlx::Result<()> {
        let sql = "DELETE FROM session WHERE hash = ?";
        sqlx::query(sql).bind(&hash[..]).execute(&self.pool).await?;
        Ok(())
    }
}

pub(super) fn member(row: &SqliteRow) -> sqlx::Result<Member> {
    let decode = |what: &'static str| sqlx::Error::Decode(what.into());
    let handle: &[u8] = row.try_get(1)?;
    let key: Option<&[u8]> = row.try_get(4)?;
    let key = key.map(|bytes| bytes.try_into().ok().and_then(|b| VerifyKey::new(b).ok()));
    Ok(Member {
        id: row.try_get(0)?,
        handle: Uuid::from_slice(handle).map_err(|_| decode("handle"))?,
        name: row.try_get(2)?,
        role: Role::read(row.try_get(3)?),
        key: key.map(|key| key.ok_or(decode("key"))).transpose()?,
        ended: row.try_get::<Option<i64>, _>(5)?.is_some(),
    })
}

fn written(passkey: &Passkey) -> sqlx::Result<String> {
    serde_json::to_string(passkey).map_err(|e| sqlx::Error::Encode(e.into()))
}

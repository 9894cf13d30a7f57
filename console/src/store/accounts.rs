//! Accounts of the OpenID provider that stand for members.

use super::members::member;
use super::{Member, Store};
use crate::oidc::Account;
use sqlx::Row;
use std::collections::BTreeSet;
use voting_core::ids::UnixMillis;
use webauthn_rs::prelude::Uuid;

impl Store {
    /// Makes a member of an invitation, for whom an account stands; `None` if it was used meanwhile.
    ///
    /// # Errors
    /// The database's; an account that stands for another member breaks its uniqueness.
    pub async fn enrol_account(
        &self,
        invitation: &[u8; 32],
        handle: Uuid,
        account: &Account,
        now: UnixMillis,
    ) -> sqlx::Result<Option<i64>> {
        let mut transaction = self.pool.begin().await?;
        let made = Self::make_member(&mut transaction, invitation, handle, now).await?;
        let Some(id) = made else {
            return Ok(None);
        };
        let sql = "INSERT INTO account (issuer, subject, member) VALUES (?, ?, ?)";
        let query = sqlx::query(sql).bind(&account.issuer);
        let query = query.bind(&account.subject).bind(id);
        query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }

    /// Has an account stand for a member.
    ///
    /// # Errors
    /// The database's; a second account of a member, or of another one, breaks its uniqueness.
    pub async fn link_account(&self, member: i64, account: &Account) -> sqlx::Result<()> {
        let sql = "INSERT INTO account (issuer, subject, member)
            SELECT ?, ?, id FROM member WHERE id = ? AND ended_at IS NULL";
        let query = sqlx::query(sql).bind(&account.issuer);
        let query = query.bind(&account.subject).bind(member);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// The member for whom an account stands, unless the membership has ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn account(&self, account: &Account) -> sqlx::Result<Option<Member>> {
        let sql = "SELECT m.id, m.handle, m.name, m.role, m.key, m.ended_at
            FROM account a JOIN member m ON m.id = a.member
            WHERE a.issuer = ? AND a.subject = ? AND m.ended_at IS NULL";
        let query = sqlx::query(sql).bind(&account.issuer);
        let row = query.bind(&account.subject).fetch_optional(&self.pool);
        row.await?.as_ref().map(member).transpose()
    }

    /// Whether an account stands for a member.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_account(&self, member: i64) -> sqlx::Result<bool> {
        Ok(self.accounts().await?.contains(&member))
    }

    /// The members for whom an account stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn accounts(&self) -> sqlx::Result<BTreeSet<i64>> {
        let rows = sqlx::query("SELECT member FROM account").fetch_all(&self.pool);
        rows.await?.iter().map(|row| row.try_get(0)).collect()
    }

    /// Ends a link, with the member's sessions; whether there was one.
    ///
    /// # Errors
    /// The database's.
    pub async fn unlink_account(&self, member: i64) -> sqlx::Result<bool> {
        let mut transaction = self.pool.begin().await?;
        let sql = "DELETE FROM account WHERE member = ?";
        let ended = sqlx::query(sql).bind(member).execute(&mut *transaction);
        let ended = ended.await?.rows_affected() == 1;
        let sql = "DELETE FROM session WHERE member = ?";
        let sessions = sqlx::query(sql).bind(member).execute(&mut *transaction);
        sessions.await?;
        transaction.commit().await?;
        Ok(ended)
    }
}

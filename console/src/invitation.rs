//! Invitations: who may enrol, once, within two days.

use crate::store::{Role, Store};
use crate::token;
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use voting_core::ids::UnixMillis;

/// How long an invitation holds, ms.
const VALID_MS: u64 = 48 * 3_600_000;
/// The most characters of a name.
const MAX_NAME: usize = 100;

/// Makes an invitation: its token, shown once, and until when it holds. `None` if the name is empty,
/// too long or holds control characters.
///
/// # Errors
/// The store's.
pub async fn invite(
    store: &Store,
    name: &str,
    role: Role,
    now: UnixMillis,
) -> sqlx::Result<Option<(String, UnixMillis)>> {
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        return Ok(None);
    }
    let token = token::draw(&mut UnwrapErr(SysRng));
    let until = UnixMillis::new(now.get().saturating_add(VALID_MS));
    store
        .invite(&token::hash(&token), name, role, until)
        .await?;
    Ok(Some((token, until)))
}

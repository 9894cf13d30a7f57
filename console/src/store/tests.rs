//! What an older console has kept is there after an update.

use super::*;
use voting_core::ids::UnixMillis;

/// As the console before clerks left them: a member with everything that refers to one.
const FORMER: [&str; 6] = [
    "INSERT INTO member (id, handle, name, role, key, created_at)
        VALUES (7, x'00112233445566778899aabbccddeeff', '김운영', 'manager', NULL, 1)",
    "INSERT INTO invitation (hash, name, role, expires_at, member)
        VALUES (zeroblob(32), '김운영', 'manager', 2, 7)",
    "INSERT INTO passkey (credential, member, passkey) VALUES (x'01', 7, '{}')",
    "INSERT INTO session (hash, member, expires_at) VALUES (zeroblob(32), 7, 1000)",
    "INSERT INTO account (issuer, subject, member) VALUES ('https://sso.example', 'kim', 7)",
    "INSERT INTO draft (revision, content, changed_by, changed_at) VALUES (1, '{}', 7, 1)",
];

#[tokio::test]
async fn members_of_a_console_without_clerks_stay_who_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let pool = connect(folder.path()).await.unwrap();
    migrator(&MIGRATIONS[..2]).run(&pool).await.unwrap();
    for sql in FORMER {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    pool.close().await;

    let store = Store::open(folder.path()).await.unwrap();
    let signed_in = store.session(&[0; 32], UnixMillis::new(1)).await.unwrap();
    let signed_in = signed_in.unwrap();
    assert_eq!((signed_in.id, signed_in.role), (7, Role::Manager));
    assert_eq!(store.credentials(7).await.unwrap(), [[1]]);
    assert!(store.has_account(7).await.unwrap());
    // The used invitation is still used, and what refers to a member holds them fast.
    let until = UnixMillis::new(u64::MAX / 4);
    assert!(
        store
            .invite(&[0; 32], "다른 이", Role::Clerk, until)
            .await
            .is_err()
    );
    let left = sqlx::query("DELETE FROM member").execute(&store.pool);
    assert!(left.await.is_err());

    store
        .invite(&[1; 32], "박창구", Role::Clerk, until)
        .await
        .unwrap();
    let invited = store
        .invitation(&[1; 32], UnixMillis::new(1))
        .await
        .unwrap();
    assert_eq!(invited, Some(("박창구".into(), Role::Clerk)));
}

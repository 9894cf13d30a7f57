-- A third role. SQLite changes no CHECK in place: both tables are made anew, with the rows that they had.

-- What refers to a member is judged when the migration commits, not while the table is away.
PRAGMA defer_foreign_keys = ON;

CREATE TEMPORARY TABLE former_member AS SELECT * FROM member;
DROP TABLE member;
CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    -- What passkeys call the member: 16 random bytes. Immutable.
    handle BLOB NOT NULL UNIQUE CHECK (length(handle) = 16),
    -- As colleagues know them: the only personal datum here. Immutable.
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- 'manager' drafts, proposes and signs; 'observer' reads; 'clerk' opens the desk. Immutable.
    role TEXT NOT NULL CHECK (role IN ('manager', 'observer', 'clerk')),
    -- Public half of the signing key, 32 bytes; set once, with proof of possession.
    key BLOB UNIQUE CHECK (length(key) = 32),
    -- When the member enrolled, ms. Immutable.
    created_at INTEGER NOT NULL,
    -- When a manager ended the membership, ms; set once.
    ended_at INTEGER
) STRICT;
INSERT INTO member (id, handle, name, role, key, created_at, ended_at)
    SELECT id, handle, name, role, key, created_at, ended_at FROM former_member;
DROP TABLE former_member;
CREATE TRIGGER key_set_once BEFORE UPDATE OF key ON member WHEN OLD.key IS NOT NULL
BEGIN SELECT raise(ABORT, 'a key is set once'); END;

CREATE TEMPORARY TABLE former_invitation AS SELECT * FROM invitation;
DROP TABLE invitation;
CREATE TABLE invitation (
    -- SHA-256 of the token, which is shown once and kept nowhere. Immutable.
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('manager', 'observer', 'clerk')),
    -- ms. Immutable.
    expires_at INTEGER NOT NULL,
    -- Who used it; set once.
    member INTEGER UNIQUE REFERENCES member (id)
) STRICT, WITHOUT ROWID;
INSERT INTO invitation (hash, name, role, expires_at, member)
    SELECT hash, name, role, expires_at, member FROM former_invitation;
DROP TABLE former_invitation;

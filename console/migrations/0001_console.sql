-- What the console keeps. Nothing of a voter, and no secret key: a member signs on their own device.

CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    -- What passkeys call the member: 16 random bytes. Immutable.
    handle BLOB NOT NULL UNIQUE CHECK (length(handle) = 16),
    -- As colleagues know them: the only personal datum here. Immutable.
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- 'manager' drafts, proposes and signs; 'observer' reads. Immutable.
    role TEXT NOT NULL CHECK (role IN ('manager', 'observer')),
    -- Public half of the signing key, 32 bytes; set once, with proof of possession.
    key BLOB UNIQUE CHECK (length(key) = 32),
    -- When the member enrolled, ms. Immutable.
    created_at INTEGER NOT NULL,
    -- When a manager ended the membership, ms; set once.
    ended_at INTEGER
) STRICT;

CREATE TABLE passkey (
    -- Credential id. Immutable.
    credential BLOB PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES member (id),
    -- Public key and counter as webauthn-rs writes them, JSON. Replaced when its counter moves.
    passkey TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
    -- SHA-256 of the token, which is shown once and kept nowhere. Immutable.
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('manager', 'observer')),
    -- ms. Immutable.
    expires_at INTEGER NOT NULL,
    -- Who used it; set once.
    member INTEGER UNIQUE REFERENCES member (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    -- SHA-256 of the cookie's token. Immutable.
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    member INTEGER NOT NULL REFERENCES member (id),
    -- ms. Immutable.
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    -- Counts changes from 1: a change names the one it was made from.
    revision INTEGER NOT NULL,
    -- The draft, JSON. Replaced with each revision until a founding exists.
    content TEXT NOT NULL,
    -- Who changed it last, and when, ms.
    changed_by INTEGER NOT NULL REFERENCES member (id),
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE proposal (
    id INTEGER PRIMARY KEY,
    -- The draft it founds an election of; null for an action of a running one. Immutable.
    draft INTEGER REFERENCES draft (id),
    -- The canonical manifest of the election it is for. Immutable.
    manifest BLOB NOT NULL,
    -- Canonical bytes of what is signed. Immutable.
    bytes BLOB NOT NULL,
    -- The document it names. Immutable.
    document BLOB,
    proposer INTEGER NOT NULL REFERENCES member (id),
    -- ms. Immutable.
    created_at INTEGER NOT NULL,
    -- 'open' until enough have signed; 'signed' is a finished founding; 'submitting' while the gateway
    -- is asked, and 'open' again if it refuses; 'done' and 'withdrawn' are final.
    state TEXT NOT NULL CHECK (state IN ('open', 'signed', 'submitting', 'done', 'withdrawn')),
    -- Its entry in the log, once done.
    entry INTEGER,
    -- What the gateway said last, where it refused.
    refusal TEXT
) STRICT;

-- A draft has one founding at a time.
CREATE UNIQUE INDEX one_founding ON proposal (draft) WHERE draft IS NOT NULL AND state <> 'withdrawn';

CREATE TABLE signature (
    proposal INTEGER NOT NULL REFERENCES proposal (id),
    member INTEGER NOT NULL REFERENCES member (id),
    -- The key's place in the manifest's staff, from 0. Immutable.
    position INTEGER NOT NULL,
    -- Ed25519, 64 bytes, verified before it is kept. Immutable.
    bytes BLOB NOT NULL CHECK (length(bytes) = 64),
    -- ms. Immutable.
    time INTEGER NOT NULL,
    PRIMARY KEY (proposal, position),
    UNIQUE (proposal, member)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER key_set_once BEFORE UPDATE OF key ON member WHEN OLD.key IS NOT NULL
BEGIN SELECT raise(ABORT, 'a key is set once'); END;
CREATE TRIGGER proposal_fixed BEFORE UPDATE OF manifest, bytes, document, proposer, draft ON proposal
BEGIN SELECT raise(ABORT, 'what is signed never changes'); END;
CREATE TRIGGER proposal_final BEFORE UPDATE ON proposal WHEN OLD.state IN ('done', 'withdrawn')
BEGIN SELECT raise(ABORT, 'a proposal ends once'); END;
CREATE TRIGGER signature_fixed BEFORE UPDATE ON signature
BEGIN SELECT raise(ABORT, 'a signature never changes'); END;
CREATE TRIGGER signature_kept BEFORE DELETE ON signature
BEGIN SELECT raise(ABORT, 'signatures are kept'); END;

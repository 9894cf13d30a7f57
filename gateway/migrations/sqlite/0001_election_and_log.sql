-- One data folder holds one election and its log. Only the sequencer's writer task writes here,
-- except where a column says otherwise. Times are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE election (
    -- Always 1: there is one election. Immutable.
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    -- Election id, 32 bytes. Immutable; written with entry 0.
    election BLOB NOT NULL UNIQUE CHECK (length(election) = 32),
    -- Content address of the canonical manifest in `document`. Immutable; written with entry 0.
    manifest BLOB NOT NULL REFERENCES document (hash)
) STRICT;

CREATE TABLE document (
    -- Content address, 32 bytes. Immutable.
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    -- The document. Immutable; written in the transaction of the entry that names it.
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE entry (
    -- Position in the log, from 0 without gaps. Immutable.
    position INTEGER PRIMARY KEY CHECK (position >= 0),
    -- When it was given its place, ms. Immutable.
    time INTEGER NOT NULL,
    -- The kind byte of the entry. Immutable.
    kind INTEGER NOT NULL,
    -- The canonical bytes whose hash is the leaf. Immutable.
    bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 1 AND 65535)
) STRICT;

-- Trustees' messages are few and read by kind.
CREATE INDEX trustee_entry ON entry (position) WHERE kind = 2;

CREATE TABLE node (
    -- Height of the perfect subtree, 0 for leaves. Immutable.
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 63),
    -- Position among the subtrees of this height, from 0. Immutable.
    position INTEGER NOT NULL CHECK (position >= 0),
    -- RFC 6962 hash, 32 bytes. Immutable; written with the entry that completes the subtree.
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
    -- Number of entries; one checkpoint a size, so never two roots. Immutable.
    size INTEGER PRIMARY KEY CHECK (size > 0),
    -- Root of the tree, 32 bytes. Immutable.
    root BLOB NOT NULL CHECK (length(root) = 32),
    -- The C2SP signed note as served. Immutable; written with the last entry it covers.
    note BLOB NOT NULL
) STRICT;

CREATE TRIGGER entry_without_gap BEFORE INSERT ON entry
WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM entry)
BEGIN SELECT raise(ABORT, 'the log has no gaps'); END;
CREATE TRIGGER checkpoint_grows BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint)
BEGIN SELECT raise(ABORT, 'checkpoints only grow'); END;

CREATE TRIGGER entry_kept BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER node_kept BEFORE DELETE ON node
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER node_fixed BEFORE UPDATE ON node
BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'a checkpoint is forever'); END;
CREATE TRIGGER checkpoint_fixed BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'a checkpoint is forever'); END;
CREATE TRIGGER document_kept BEFORE DELETE ON document
BEGIN SELECT raise(ABORT, 'documents are kept'); END;
CREATE TRIGGER document_fixed BEFORE UPDATE ON document
BEGIN SELECT raise(ABORT, 'documents are kept'); END;
CREATE TRIGGER election_kept BEFORE DELETE ON election
BEGIN SELECT raise(ABORT, 'the election is fixed'); END;
CREATE TRIGGER election_fixed BEFORE UPDATE ON election
BEGIN SELECT raise(ABORT, 'the election is fixed'); END;

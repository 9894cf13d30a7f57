-- One database holds one election and its log, in the schema `hanpyo`. Only the sequencer's writer
-- task writes here. Times are milliseconds since 1970-01-01T00:00:00Z unless they are timestamps,
-- which are this database's own clock.

-- Refuses whatever it stands before, with the text it is given.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TABLE document (
    -- Content address, 32 bytes. Immutable.
    hash BYTEA PRIMARY KEY CHECK (length(hash) = 32),
    -- The document. Immutable; written in the transaction of the entry that names it.
    bytes BYTEA NOT NULL
);

CREATE TABLE election (
    -- Always true: there is one election. Immutable.
    only_one BOOLEAN PRIMARY KEY CHECK (only_one),
    -- Election id, 32 bytes. Immutable; written with entry 0.
    election BYTEA NOT NULL UNIQUE CHECK (length(election) = 32),
    -- Content address of the canonical manifest in `document`. Immutable; written with entry 0.
    manifest BYTEA NOT NULL REFERENCES document (hash)
);

CREATE TABLE head (
    -- Always true: there is one log. Immutable.
    only_one BOOLEAN PRIMARY KEY CHECK (only_one),
    -- The term of the writer that may append. Only grows, by the one who takes the lease.
    epoch BIGINT NOT NULL CHECK (epoch >= 0),
    -- How many entries there are. Only grows, by compare-and-set on (epoch, size) in the
    -- transaction that appends: a writer whose term is over cannot commit.
    size BIGINT NOT NULL CHECK (size >= 0)
);

CREATE TABLE lease (
    -- Always true: one gateway at a time sequences. Immutable.
    only_one BOOLEAN PRIMARY KEY CHECK (only_one),
    -- The holder's term, equal to `head.epoch`. Only grows.
    epoch BIGINT NOT NULL CHECK (epoch >= 0),
    -- Random name of the holder's process, empty before the first. Written with `epoch`.
    holder TEXT NOT NULL,
    -- Where the others send it what is to be appended, HOST:PORT. Written with `epoch`.
    address TEXT NOT NULL,
    -- By this database's clock, when another may take over. Moved by the holder alone. Whether the
    -- holder may still append is not decided here but by `head`.
    until TIMESTAMPTZ NOT NULL
);

INSERT INTO head (only_one, epoch, size) VALUES (true, 0, 0);
INSERT INTO lease (only_one, epoch, holder, address, until) VALUES (true, 0, '', '', '-infinity');

CREATE TABLE entry (
    -- Position in the log, from 0 without gaps. Immutable.
    position BIGINT PRIMARY KEY CHECK (position >= 0),
    -- When it was given its place, ms. Immutable.
    time BIGINT NOT NULL,
    -- The kind byte of the entry. Immutable.
    kind SMALLINT NOT NULL,
    -- The canonical bytes whose hash is the leaf. Immutable.
    bytes BYTEA NOT NULL CHECK (length(bytes) BETWEEN 1 AND 65535)
);

-- Ciphertexts do not compress; trying to costs more than the rest of the insert.
ALTER TABLE entry ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Trustees' messages are few and read by kind.
CREATE INDEX trustee_entry ON entry (position) WHERE kind = 2;

CREATE TABLE node (
    -- Height of the perfect subtree, 0 for leaves. Immutable.
    level SMALLINT NOT NULL CHECK (level BETWEEN 0 AND 63),
    -- Position among the subtrees of this height, from 0. Immutable.
    position BIGINT NOT NULL CHECK (position >= 0),
    -- RFC 6962 hash, 32 bytes. Immutable; written with the entry that completes the subtree.
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
);

CREATE TABLE checkpoint (
    -- Number of entries; one checkpoint a size, so never two roots. Immutable.
    size BIGINT PRIMARY KEY CHECK (size > 0),
    -- Root of the tree, 32 bytes. Immutable.
    root BYTEA NOT NULL CHECK (length(root) = 32),
    -- The C2SP signed note as served. Immutable; written with the last entry it covers.
    note BYTEA NOT NULL
);

-- New entries stand directly behind the old ones and reach exactly up to the head.
CREATE FUNCTION entry_without_gap() RETURNS trigger LANGUAGE plpgsql
SET search_path = hanpyo, pg_temp AS $$
DECLARE
    first BIGINT; last BIGINT; rows BIGINT;
BEGIN
    SELECT min(position), max(position), count(*) INTO first, last, rows FROM fresh;
    IF rows > 0 AND (last - first + 1 <> rows
        OR last + 1 <> (SELECT size FROM head)
        OR (first > 0 AND NOT EXISTS (SELECT FROM entry WHERE position = first - 1))) THEN
        RAISE EXCEPTION 'the log has no gaps' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_without_gap AFTER INSERT ON entry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION entry_without_gap();

CREATE FUNCTION checkpoint_grows() RETURNS trigger LANGUAGE plpgsql
SET search_path = hanpyo, pg_temp AS $$
BEGIN
    IF NEW.size <> (SELECT size FROM head)
        OR NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint) THEN
        RAISE EXCEPTION 'checkpoints only grow' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checkpoint_grows BEFORE INSERT ON checkpoint
    FOR EACH ROW EXECUTE FUNCTION checkpoint_grows();

CREATE FUNCTION head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.epoch < OLD.epoch OR NEW.size < OLD.size
        OR (NEW.epoch > OLD.epoch AND NEW.size > OLD.size) THEN
        RAISE EXCEPTION 'the head only grows' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER head_grows BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION head_grows();

-- At the commit the head is the number of entries, and has its checkpoint.
CREATE FUNCTION head_is_the_log() RETURNS trigger LANGUAGE plpgsql
SET search_path = hanpyo, pg_temp AS $$
BEGIN
    IF NEW.size > OLD.size AND (
        NEW.size <> (SELECT coalesce(max(position) + 1, 0) FROM entry)
        OR NOT EXISTS (SELECT FROM checkpoint WHERE size = NEW.size)) THEN
        RAISE EXCEPTION 'the head is not the log''s'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER head_is_the_log AFTER UPDATE ON head DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION head_is_the_log();

CREATE FUNCTION lease_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch
        AND (NEW.holder <> OLD.holder OR NEW.address <> OLD.address)) THEN
        RAISE EXCEPTION 'a term has one holder' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lease_grows BEFORE UPDATE ON lease FOR EACH ROW EXECUTE FUNCTION lease_grows();

CREATE TRIGGER entry_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    EXECUTE FUNCTION refuse('the log is append-only');
CREATE TRIGGER node_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON node
    EXECUTE FUNCTION refuse('the log is append-only');
CREATE TRIGGER checkpoint_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    EXECUTE FUNCTION refuse('a checkpoint is forever');
CREATE TRIGGER document_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON document
    EXECUTE FUNCTION refuse('documents are kept');
CREATE TRIGGER election_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON election
    EXECUTE FUNCTION refuse('the election is fixed');
CREATE TRIGGER head_kept BEFORE DELETE OR TRUNCATE ON head
    EXECUTE FUNCTION refuse('the head is kept');
CREATE TRIGGER lease_kept BEFORE DELETE OR TRUNCATE ON lease
    EXECUTE FUNCTION refuse('the lease is kept');

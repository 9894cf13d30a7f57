-- What the log says of each person, by pseudonym, for answering without reading the log.

CREATE TABLE credential (
    -- The election. Immutable.
    election BYTEA NOT NULL REFERENCES election (election),
    -- The person, 32 bytes: an HMAC of the CI, which is stored nowhere. Immutable.
    pseudonym BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    -- Entry of the current credential. Moves to the next serial's entry.
    entry BIGINT NOT NULL UNIQUE REFERENCES entry (position),
    -- The current credential's canonical bytes. Replaced with `entry`.
    bytes BYTEA NOT NULL,
    PRIMARY KEY (election, pseudonym)
);

CREATE TABLE ballot (
    -- Whole tracking code, 32 bytes. Immutable.
    code BYTEA PRIMARY KEY CHECK (length(code) = 32),
    -- The ballot's entry. Immutable.
    entry BIGINT NOT NULL UNIQUE REFERENCES entry (position),
    -- The receipt, byte for byte as it was and will be handed out. Immutable.
    receipt BYTEA NOT NULL
);

CREATE TABLE current_ballot (
    -- The election. Immutable.
    election BYTEA NOT NULL REFERENCES election (election),
    -- The person, 32 bytes. Immutable.
    pseudonym BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    -- Tracking code of the person's ballot that counts. Moves, by compare-and-set on its former
    -- value, only where the manifest allows voting again.
    code BYTEA NOT NULL UNIQUE REFERENCES ballot (code),
    -- One person, one ballot: an insert wins once.
    PRIMARY KEY (election, pseudonym)
);

CREATE TABLE tracking_code (
    -- Whole tracking code, 32 bytes. Immutable.
    code BYTEA PRIMARY KEY CHECK (length(code) = 32),
    -- The person who registered it, 32 bytes. Immutable.
    pseudonym BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    -- Moves once: pending -> cast or pending -> spoiled.
    fate TEXT NOT NULL CHECK (fate IN ('pending', 'cast', 'spoiled')),
    -- When it was first registered, ms. Immutable.
    time BIGINT NOT NULL
);

CREATE INDEX tracking_code_of_person ON tracking_code (pseudonym);

CREATE TRIGGER tracking_code_moves_once BEFORE UPDATE ON tracking_code FOR EACH ROW
    WHEN (OLD.fate <> 'pending' OR NEW.fate = 'pending' OR NEW.code <> OLD.code
        OR NEW.pseudonym <> OLD.pseudonym OR NEW.time <> OLD.time)
    EXECUTE FUNCTION refuse('a tracking code moves once');
CREATE TRIGGER tracking_code_kept BEFORE DELETE OR TRUNCATE ON tracking_code
    EXECUTE FUNCTION refuse('tracking codes are kept');
CREATE TRIGGER ballot_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON ballot
    EXECUTE FUNCTION refuse('receipts are kept');
CREATE TRIGGER current_ballot_person BEFORE UPDATE ON current_ballot FOR EACH ROW
    WHEN (NEW.election <> OLD.election OR NEW.pseudonym <> OLD.pseudonym)
    EXECUTE FUNCTION refuse('a ballot stays its person''s');
CREATE TRIGGER current_ballot_kept BEFORE DELETE OR TRUNCATE ON current_ballot
    EXECUTE FUNCTION refuse('ballots are kept');
CREATE TRIGGER credential_person BEFORE UPDATE ON credential FOR EACH ROW
    WHEN (NEW.election <> OLD.election OR NEW.pseudonym <> OLD.pseudonym OR NEW.entry <= OLD.entry)
    EXECUTE FUNCTION refuse('a credential moves to the next serial');
CREATE TRIGGER credential_kept BEFORE DELETE OR TRUNCATE ON credential
    EXECUTE FUNCTION refuse('credentials are kept');

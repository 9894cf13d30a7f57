-- What the log says of each person, by pseudonym, for answering without reading the log.

CREATE TABLE credential (
    -- The election. Immutable.
    election BLOB NOT NULL REFERENCES election (election),
    -- The person, 32 bytes: an HMAC of the CI, which is stored nowhere. Immutable.
    pseudonym BLOB NOT NULL CHECK (length(pseudonym) = 32),
    -- Entry of the current credential. Moves to the next serial's entry.
    entry INTEGER NOT NULL UNIQUE REFERENCES entry (position),
    -- The current credential's canonical bytes. Replaced with `entry`.
    bytes BLOB NOT NULL,
    PRIMARY KEY (election, pseudonym)
) STRICT, WITHOUT ROWID;

CREATE TABLE ballot (
    -- Whole tracking code, 32 bytes. Immutable.
    code BLOB PRIMARY KEY CHECK (length(code) = 32),
    -- The ballot's entry. Immutable.
    entry INTEGER NOT NULL UNIQUE REFERENCES entry (position),
    -- The receipt, byte for byte as it was and will be handed out. Immutable.
    receipt BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE current_ballot (
    -- The election. Immutable.
    election BLOB NOT NULL REFERENCES election (election),
    -- The person, 32 bytes. Immutable.
    pseudonym BLOB NOT NULL CHECK (length(pseudonym) = 32),
    -- Tracking code of the person's ballot that counts. Moves, by compare-and-set on its former
    -- value, only where the manifest allows voting again.
    code BLOB NOT NULL UNIQUE REFERENCES ballot (code),
    -- One person, one ballot: an insert wins once.
    PRIMARY KEY (election, pseudonym)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracking_code (
    -- Whole tracking code, 32 bytes. Immutable.
    code BLOB PRIMARY KEY CHECK (length(code) = 32),
    -- The person who registered it, 32 bytes. Immutable.
    pseudonym BLOB NOT NULL CHECK (length(pseudonym) = 32),
    -- Moves once: pending -> cast or pending -> spoiled.
    fate TEXT NOT NULL CHECK (fate IN ('pending', 'cast', 'spoiled')),
    -- When it was first registered, ms. Immutable.
    time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tracking_code_of_person ON tracking_code (pseudonym);

CREATE TRIGGER tracking_code_moves_once BEFORE UPDATE ON tracking_code
WHEN OLD.fate <> 'pending' OR NEW.fate = 'pending'
    OR NEW.code <> OLD.code OR NEW.pseudonym <> OLD.pseudonym OR NEW.time <> OLD.time
BEGIN SELECT raise(ABORT, 'a tracking code moves once'); END;
CREATE TRIGGER tracking_code_kept BEFORE DELETE ON tracking_code
BEGIN SELECT raise(ABORT, 'tracking codes are kept'); END;
CREATE TRIGGER ballot_kept BEFORE DELETE ON ballot
BEGIN SELECT raise(ABORT, 'receipts are kept'); END;
CREATE TRIGGER ballot_fixed BEFORE UPDATE ON ballot
BEGIN SELECT raise(ABORT, 'receipts are kept'); END;
CREATE TRIGGER current_ballot_kept BEFORE DELETE ON current_ballot
BEGIN SELECT raise(ABORT, 'ballots are kept'); END;
CREATE TRIGGER credential_kept BEFORE DELETE ON credential
BEGIN SELECT raise(ABORT, 'credentials are kept'); END;

-- What only the registrar keeps, in a file of its own beside the log's, so that it can be destroyed
-- by itself. Times are milliseconds since 1970-01-01T00:00:00Z. People stand here as keyed hashes.

CREATE TABLE roll_import (
    -- From 1. Immutable.
    number INTEGER PRIMARY KEY,
    -- When. Immutable.
    time INTEGER NOT NULL
) STRICT;

CREATE TABLE roll_row (
    -- The import the row came with. Immutable.
    import INTEGER NOT NULL REFERENCES roll_import (number),
    -- The row's number in its file, the heading being 1. Immutable.
    number INTEGER NOT NULL,
    -- Position of the class in the manifest, if the row names one that has a roll. Immutable.
    class INTEGER,
    -- What became of the row, as a code of `docs/ROLLS.md`. Immutable.
    outcome TEXT NOT NULL,
    -- HMAC of the CI, if the row has one. Immutable.
    ci BLOB CHECK (length(ci) = 32),
    -- HMAC of name, birth date and mobile number, if the row has all of them. Immutable.
    person BLOB CHECK (length(person) = 32),
    PRIMARY KEY (import, number)
) STRICT, WITHOUT ROWID;

-- A place on a roll is found by the CI where it has one, otherwise by the rest.
CREATE INDEX roll_by_ci ON roll_row (ci) WHERE outcome = 'accepted' AND ci IS NOT NULL;
CREATE INDEX roll_by_person ON roll_row (person) WHERE outcome = 'accepted' AND ci IS NULL;

CREATE TABLE provider_transaction (
    -- A transaction with an identity provider that was used, 32 bytes. Immutable.
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    -- From then on it is refused for its age anyway, and the row can go. Immutable.
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE eligibility (
    -- The person, 32 bytes. Immutable.
    pseudonym BLOB PRIMARY KEY CHECK (length(pseudonym) = 32),
    -- 'eligible', or the requirement that was not met; never what it was judged from.
    outcome TEXT NOT NULL,
    -- When it was judged last.
    time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmation (
    -- The person, 32 bytes. Immutable.
    pseudonym BLOB NOT NULL CHECK (length(pseudonym) = 32),
    -- The requirement that staff found to be met. Immutable.
    requirement TEXT NOT NULL,
    -- The desk where it was. Immutable.
    desk TEXT NOT NULL,
    -- When. Immutable.
    time INTEGER NOT NULL,
    PRIMARY KEY (pseudonym, requirement)
) STRICT, WITHOUT ROWID;

CREATE TABLE kiosk_code (
    -- HMAC of the code's first part, by which it is found. Immutable.
    locator BLOB PRIMARY KEY CHECK (length(locator) = 32),
    -- HMAC of the whole code. Immutable.
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    -- The person it was issued for: one code a person, a new one ends the former. Immutable.
    pseudonym BLOB NOT NULL UNIQUE CHECK (length(pseudonym) = 32),
    -- The class that admitted the person then. Immutable.
    class INTEGER NOT NULL,
    -- The desk that issued it. Immutable.
    desk TEXT NOT NULL,
    -- From then on it is refused. Immutable.
    expires INTEGER NOT NULL,
    -- How many tries are left. Only falls; 0 once it was used.
    tries INTEGER NOT NULL CHECK (tries >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE ended_session (
    -- A session on a shared device that was ended there, 16 bytes. Immutable.
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    -- From then on it is refused for its age anyway, and the row can go. Immutable.
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

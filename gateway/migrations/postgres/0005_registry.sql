-- What only the registrar keeps, as in the SQLite file of one gateway alone: people stand here as
-- keyed hashes. Times are milliseconds since 1970-01-01T00:00:00Z.

-- Of the first plan, never filled.
DROP TABLE registrar.roll;

CREATE TABLE registrar.roll_import (
    -- From 1. Immutable.
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- When. Immutable.
    time BIGINT NOT NULL
);

CREATE TABLE registrar.roll_row (
    -- The import the row came with. Immutable.
    import BIGINT NOT NULL REFERENCES registrar.roll_import (number),
    -- The row's number in its file, the heading being 1. Immutable.
    number BIGINT NOT NULL,
    -- Position of the class in the manifest, if the row names one that has a roll. Immutable.
    class BIGINT,
    -- What became of the row, as a code of `docs/ROLLS.md`. Immutable.
    outcome TEXT NOT NULL,
    -- HMAC of the CI, if the row has one. Immutable.
    ci BYTEA CHECK (length(ci) = 32),
    -- HMAC of name, birth date and mobile number, if the row has all of them. Immutable.
    person BYTEA CHECK (length(person) = 32),
    PRIMARY KEY (import, number)
);

-- A place on a roll is found by the CI where it has one, otherwise by the rest.
CREATE INDEX roll_by_ci ON registrar.roll_row (ci) WHERE outcome = 'accepted' AND ci IS NOT NULL;
CREATE INDEX roll_by_person ON registrar.roll_row (person) WHERE outcome = 'accepted' AND ci IS NULL;

CREATE TABLE registrar.provider_transaction (
    -- A transaction with an identity provider that was used, 32 bytes. Immutable.
    id BYTEA PRIMARY KEY CHECK (length(id) = 32),
    -- From then on it is refused for its age anyway, and the row can go. Immutable.
    expires BIGINT NOT NULL
);
CREATE INDEX provider_transaction_expires ON registrar.provider_transaction (expires);

CREATE TABLE registrar.eligibility (
    -- The person, 32 bytes. Immutable.
    pseudonym BYTEA PRIMARY KEY CHECK (length(pseudonym) = 32),
    -- 'eligible', or the requirement that was not met; never what it was judged from.
    outcome TEXT NOT NULL,
    -- When it was judged last.
    time BIGINT NOT NULL
);

CREATE TABLE registrar.confirmation (
    -- The person, 32 bytes. Immutable.
    pseudonym BYTEA NOT NULL CHECK (length(pseudonym) = 32),
    -- The requirement that staff found to be met. Immutable.
    requirement TEXT NOT NULL,
    -- The desk where it was. Immutable.
    desk TEXT NOT NULL,
    -- When. Immutable.
    time BIGINT NOT NULL,
    PRIMARY KEY (pseudonym, requirement)
);

CREATE TABLE registrar.kiosk_code (
    -- HMAC of the code's first part, by which it is found. Immutable.
    locator BYTEA PRIMARY KEY CHECK (length(locator) = 32),
    -- HMAC of the whole code. Immutable.
    secret BYTEA NOT NULL CHECK (length(secret) = 32),
    -- The person it was issued for: one code a person, a new one ends the former. Immutable.
    pseudonym BYTEA NOT NULL UNIQUE CHECK (length(pseudonym) = 32),
    -- The class that admitted the person then. Immutable.
    class BIGINT NOT NULL,
    -- The desk that issued it. Immutable.
    desk TEXT NOT NULL,
    -- From then on it is refused. Immutable.
    expires BIGINT NOT NULL,
    -- How many tries are left. Only falls; 0 once it was used.
    tries BIGINT NOT NULL CHECK (tries >= 0)
);

CREATE TABLE registrar.ended_session (
    -- A session on a shared device that was ended there, 16 bytes. Immutable.
    id BYTEA PRIMARY KEY CHECK (length(id) = 16),
    -- From then on it is refused for its age anyway, and the row can go. Immutable.
    expires BIGINT NOT NULL
);
CREATE INDEX ended_session_expires ON registrar.ended_session (expires);

-- The registrar's alone: no other module's user can so much as name them.
GRANT SELECT, INSERT, DELETE ON registrar.roll_import, registrar.roll_row,
    registrar.provider_transaction, registrar.ended_session TO hanpyo_registrar;
GRANT SELECT, INSERT ON registrar.confirmation TO hanpyo_registrar;
GRANT SELECT, INSERT, UPDATE ON registrar.eligibility TO hanpyo_registrar;
GRANT SELECT, INSERT, UPDATE, DELETE ON registrar.kiosk_code TO hanpyo_registrar;

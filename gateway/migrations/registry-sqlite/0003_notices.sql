-- Notices that people ask for, until they are sent. Nothing here leads to a person's pseudonym, ballot
-- or session, and no time is kept at which somebody asked: rows lie in the order of keyed hashes.
CREATE TABLE notice (
    -- HMAC of event, channel and contact, 32 bytes. Immutable.
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    -- What it tells: 'opened' or 'published'. Immutable.
    event TEXT NOT NULL,
    -- Channel, contact and language, sealed under a key of the gateway's, padded.
    contact TEXT NOT NULL,
    -- How often it was tried. Only grows.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- When it is tried next, in milliseconds since 1970-01-01T00:00:00Z; 0 before the first try.
    due INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_due ON notice (event, due);

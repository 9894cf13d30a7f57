-- The modules' database users. Each module's login is made a member of its group role, e.g.
-- `GRANT hanpyo_ballot_box TO box_1`; a process that runs several modules is a member of several.
-- The group roles cannot log in, own nothing, and are shared by the databases of a server.

DO $$
DECLARE
    module TEXT;
BEGIN
    FOREACH module IN ARRAY ARRAY['registrar', 'ballot_box', 'log', 'board'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', 'hanpyo_' || module);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
END $$;

-- What only the registrar reads and writes.
CREATE SCHEMA registrar;

CREATE TABLE registrar.roll (
    -- Position of the class in the manifest. Immutable.
    class INTEGER NOT NULL CHECK (class >= 0),
    -- What a person is matched by, 32 bytes: an HMAC, never the person's data. Immutable.
    matcher BYTEA NOT NULL CHECK (length(matcher) = 32),
    PRIMARY KEY (class, matcher)
);

-- Nothing is anyone's by default.
REVOKE ALL ON SCHEMA hanpyo, registrar FROM PUBLIC;
GRANT USAGE ON SCHEMA hanpyo TO hanpyo_registrar, hanpyo_ballot_box, hanpyo_log, hanpyo_board;
GRANT USAGE ON SCHEMA registrar TO hanpyo_registrar;

-- What is public: every module follows the log, and refuses a schema that it does not know.
GRANT SELECT ON _sqlx_migrations, election, document, entry, node, checkpoint, head
    TO hanpyo_registrar, hanpyo_ballot_box, hanpyo_log, hanpyo_board;
-- Receipts, which anyone may ask for by tracking code, and where the sequencer is.
GRANT SELECT ON ballot, lease TO hanpyo_registrar, hanpyo_ballot_box, hanpyo_log, hanpyo_board;
-- Who has which credential and who has voted.
GRANT SELECT ON credential, current_ballot TO hanpyo_registrar, hanpyo_ballot_box, hanpyo_log;

-- The log appends, and alone sees who registered which tracking code.
GRANT INSERT ON election, document, entry, node, checkpoint, credential, ballot, current_ballot,
    tracking_code TO hanpyo_log;
GRANT SELECT ON tracking_code TO hanpyo_log;
GRANT UPDATE (epoch, size) ON head TO hanpyo_log;
GRANT UPDATE (epoch, holder, address, until) ON lease TO hanpyo_log;
GRANT UPDATE (entry, bytes) ON credential TO hanpyo_log;
GRANT UPDATE (code) ON current_ballot TO hanpyo_log;
GRANT UPDATE (fate) ON tracking_code TO hanpyo_log;

-- The registrar owns the rolls.
GRANT SELECT, INSERT, DELETE ON registrar.roll TO hanpyo_registrar;

-- How many people said that they had checked. Nothing of who or when: two numbers.
CREATE TABLE registrar.self_check (
    -- What was checked: 'receipt' or 'election'. Immutable.
    what TEXT PRIMARY KEY CHECK (what IN ('receipt', 'election')),
    -- How often it was said. Only grows.
    times BIGINT NOT NULL CHECK (times > 0)
);
GRANT SELECT, INSERT, UPDATE ON registrar.self_check TO hanpyo_registrar;

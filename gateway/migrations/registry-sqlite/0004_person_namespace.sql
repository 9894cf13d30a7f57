-- What the election's people are named by. By another name everybody would be somebody new.
CREATE TABLE person_namespace (
    -- There is one.
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- 'ci', or 'oidc:<issuer>#<claim>'. Immutable.
    name TEXT NOT NULL
) STRICT;

-- What the election's people are named by. By another name everybody would be somebody new.
CREATE TABLE registrar.person_namespace (
    -- There is one.
    id BIGINT PRIMARY KEY CHECK (id = 1),
    -- 'ci', or 'oidc:<issuer>#<claim>'. Immutable.
    name TEXT NOT NULL
);
GRANT SELECT, INSERT ON registrar.person_namespace TO hanpyo_registrar;

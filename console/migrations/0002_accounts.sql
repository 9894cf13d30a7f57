-- Accounts of the OpenID provider that stand for members. They open sessions and sign nothing.

CREATE TABLE account (
    -- The provider's address, as its tokens name it. Immutable.
    issuer TEXT NOT NULL,
    -- Whom it knows, in its own words. Immutable.
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    -- A member has one account. Immutable; the row goes when the link is ended.
    member INTEGER NOT NULL UNIQUE REFERENCES member (id),
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

-- Whether the session was begun with a passkey: an account's registers no signing key. Immutable.
ALTER TABLE session ADD COLUMN by_passkey INTEGER NOT NULL DEFAULT 1 CHECK (by_passkey IN (0, 1));

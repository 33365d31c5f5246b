-- Every version of a kind's templates that a line has used, by the hash that its despatches name.
CREATE TABLE template (
    hash    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    since   TEXT NOT NULL,
    content TEXT NOT NULL
);

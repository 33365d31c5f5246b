-- What in the attachments of a case file may be a reference, as keyed hashes (the key is in the office's keys/): when a
-- case with such a reference comes in later, what has not gone yet is held. Goes with the identity of the case.
CREATE TABLE mention (
    mark  BLOB NOT NULL,
    claim INTEGER NOT NULL REFERENCES claim (number),
    PRIMARY KEY (mark, claim)
) WITHOUT ROWID;
CREATE INDEX mention_claim ON mention (claim);

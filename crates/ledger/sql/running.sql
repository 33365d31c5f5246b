
-- The cases in which something may run or wait: every case, but those that have been found at rest since something last
-- happened in them. A reader of what is due reads these alone. In both engines.
CREATE TABLE running_case (
    case_id TEXT PRIMARY KEY,
    -- What a reader made of the record of the case; NULL since something happened in it. No part of the record.
    digest  TEXT
);
INSERT INTO running_case (case_id)
    SELECT DISTINCT case_id FROM submission WHERE state = 'queued' AND case_id IS NOT NULL;

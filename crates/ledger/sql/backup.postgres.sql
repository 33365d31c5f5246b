-- The name of a snapshot of this moment, for `pg_dump --snapshot`; it holds as long as this transaction, which must be
-- REPEATABLE READ.
SELECT pg_export_snapshot()

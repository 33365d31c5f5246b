ALTER TABLE submission ADD COLUMN open_notes INTEGER NOT NULL DEFAULT 0;
UPDATE submission SET open_notes = json_array_length(notes) - (
    SELECT COUNT(*) FROM event WHERE event.subject = 'case ' || submission.number AND event.what = 'note_recorded'
) WHERE notes IS NOT NULL;

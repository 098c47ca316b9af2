-- Where a deal came from, so that a file which is imported again is recognised.

ALTER TABLE deals ADD COLUMN outside TEXT;
ALTER TABLE deals ADD COLUMN brought TEXT;
CREATE INDEX deals_outside ON deals(outside) WHERE outside IS NOT NULL;

-- Where a deal came from, so that a file which is imported again is recognised.

ALTER TABLE deals ADD COLUMN outside TEXT;
ALTER TABLE deals ADD COLUMN brought TEXT;
CREATE INDEX deals_outside ON deals(outside) WHERE outside IS NOT NULL;

-- The head of a column in one pass: count, sums, and how many have stood there too long.
DROP INDEX deals_totals;
CREATE INDEX deals_totals ON deals(stage, currency, amount, staged, live) WHERE live;
DROP INDEX deals_closed;
CREATE INDEX deals_closed ON deals(stage, staged, id, currency, amount, live) WHERE live;

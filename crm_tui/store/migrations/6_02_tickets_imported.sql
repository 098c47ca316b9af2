-- Where a ticket came from, so that a file which is imported again is recognised.

ALTER TABLE tickets ADD COLUMN outside TEXT;
ALTER TABLE tickets ADD COLUMN brought TEXT;
CREATE INDEX tickets_outside ON tickets(outside) WHERE outside IS NOT NULL;

-- The head of the desk counts in this index alone; promises of departments are few among what is open.
DROP INDEX tickets_queue;
CREATE INDEX tickets_queue ON tickets(queue_key, id, zone, country, done_by, parent, live)
  WHERE live AND queue_key IS NOT NULL;
CREATE INDEX tickets_promises ON tickets(queue_key, id) WHERE live AND queue_key IS NOT NULL AND parent IS NOT NULL;

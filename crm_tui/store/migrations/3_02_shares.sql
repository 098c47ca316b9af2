-- Shares that left: what they showed, and the state that they were taken from. Ordinary records, never edited: every
-- machine must measure what returns in the same way. `rows` and `withheld` are marks, 8 bytes each, in base64.
DROP TABLE share;
CREATE TABLE shares(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, scope TEXT, hidden TEXT, nouns TEXT, counts TEXT, vector TEXT, seq INTEGER, chain TEXT, rows TEXT,
  withheld TEXT);

-- Changes in a log from outside of the company that its shares do not allow: part of the log, of no effect.
CREATE TABLE aside(
  dev INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, noun TEXT NOT NULL, row TEXT NOT NULL, field TEXT,
  value, PRIMARY KEY(dev, seq)) WITHOUT ROWID;
CREATE INDEX aside_row ON aside(row);

-- `derived`: not what the author wrote, but what a share had shown him; it never leaves.
CREATE TABLE seen_so_far(
  dev INTEGER NOT NULL, of INTEGER NOT NULL, seq INTEGER NOT NULL, derived INTEGER NOT NULL DEFAULT 0,
  upto INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(dev, of, seq, derived)) WITHOUT ROWID;
INSERT INTO seen_so_far SELECT dev, of, seq, 0, upto, hash FROM seen;
DROP TABLE seen;
ALTER TABLE seen_so_far RENAME TO seen;

-- Machines that people have met: ordinary records, so that what one knows of a key reaches all.
CREATE TABLE machines(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, person TEXT, key TEXT, trust TEXT, recipient TEXT);

-- What a machine is known to have, from what came from it: not exchanged.
CREATE TABLE peer(machine TEXT PRIMARY KEY, have TEXT NOT NULL, at INTEGER NOT NULL, folder TEXT) WITHOUT ROWID;

-- Shares that left: their scope and the state that they showed; a return is measured against it.
CREATE TABLE share(
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, person TEXT, name TEXT NOT NULL, scope TEXT NOT NULL, hidden TEXT NOT NULL,
  vector TEXT NOT NULL, rows INTEGER NOT NULL, log TEXT) WITHOUT ROWID;

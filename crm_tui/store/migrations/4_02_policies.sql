-- What a company agreed on and every machine keeps to.

CREATE TABLE policies(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, value TEXT);

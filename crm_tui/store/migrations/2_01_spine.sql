-- The journal and what describes it. Names of nouns and fields stand once; everything else uses their numbers.

CREATE TABLE noun(
  k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, en TEXT, zh TEXT, title TEXT, known INTEGER NOT NULL DEFAULT 1);

CREATE TABLE field(
  k INTEGER PRIMARY KEY, noun INTEGER NOT NULL, name TEXT NOT NULL, en TEXT, zh TEXT, kind TEXT, grp TEXT, link TEXT,
  owner INTEGER NOT NULL DEFAULT 0, search TEXT, derived INTEGER NOT NULL DEFAULT 0, position INTEGER,
  known INTEGER NOT NULL DEFAULT 1, UNIQUE(noun, name));

CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

-- One line: which log this program writes, whether the triggers keep quiet, and the time of the running action.
CREATE TABLE state(k INTEGER PRIMARY KEY CHECK (k = 1), dev INTEGER NOT NULL, quiet INTEGER NOT NULL, at INTEGER);

CREATE TABLE device(
  dev INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, person TEXT, sign_key BLOB, code TEXT,
  end_seq INTEGER, end_hash BLOB, end_signature BLOB, first_seen INTEGER, retired INTEGER);

CREATE TABLE row(n INTEGER PRIMARY KEY, noun INTEGER NOT NULL, id TEXT NOT NULL UNIQUE);

CREATE TABLE change(
  dev INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, row INTEGER NOT NULL, field INTEGER, value, old,
  PRIMARY KEY(dev, seq)) WITHOUT ROWID;
CREATE INDEX change_of ON change(row, field);

CREATE TABLE action(
  id INTEGER PRIMARY KEY, dev INTEGER NOT NULL, n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  at INTEGER NOT NULL, person TEXT, kind TEXT NOT NULL, verb TEXT NOT NULL, params TEXT NOT NULL, undoes INTEGER,
  salt BLOB, chain BLOB NOT NULL);
CREATE UNIQUE INDEX action_number ON action(dev, n);
CREATE UNIQUE INDEX action_end ON action(dev, last);
CREATE INDEX action_undoes ON action(undoes) WHERE undoes IS NOT NULL;

CREATE TABLE have(dev INTEGER PRIMARY KEY, upto INTEGER NOT NULL);
CREATE TABLE seen(
  dev INTEGER NOT NULL, seq INTEGER NOT NULL, of INTEGER NOT NULL, upto INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY(dev, of, seq)) WITHOUT ROWID;
CREATE TABLE head(
  row INTEGER NOT NULL, field INTEGER NOT NULL, dev INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(row, field, dev)) WITHOUT ROWID;
CREATE TABLE conflict(row INTEGER NOT NULL, field INTEGER NOT NULL, PRIMARY KEY(row, field)) WITHOUT ROWID;
CREATE TABLE issue(
  kind TEXT NOT NULL, row INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY(kind, row, detail)) WITHOUT ROWID;
CREATE TABLE import(id INTEGER PRIMARY KEY, hash BLOB, at INTEGER NOT NULL, sender TEXT, counts TEXT NOT NULL);

-- Derived: what must be recomputed, who is whom after merges, and the search index.
CREATE TABLE dirty(row INTEGER PRIMARY KEY, what INTEGER NOT NULL DEFAULT 0);
CREATE TABLE alias(id TEXT PRIMARY KEY, root TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX alias_of ON alias(root);
CREATE TABLE doc(n INTEGER PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL);
CREATE VIRTUAL TABLE search USING fts5(
  t, content='', detail=none, columnsize=0, prefix='5 6 7 8 9 10', tokenize="ascii tokenchars '=!:^~'");
INSERT INTO search(search, rank) VALUES('hashsize', 33554432);

-- Exports leave the file: they are logged, though they change nothing in it.
CREATE TABLE export(
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, person TEXT, what TEXT NOT NULL, file TEXT NOT NULL,
  rows INTEGER NOT NULL);

-- The nouns. No value is NOT NULL but the id: two machines can both be right, a merge must never fail.

CREATE TABLE branches(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, parent TEXT, brand TEXT, region TEXT, ownership TEXT, opened TEXT);
CREATE TABLE people(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, role TEXT, team TEXT, branch TEXT, phone TEXT, email TEXT, active INTEGER);
CREATE TABLE customers(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, kind TEXT, number TEXT, parent TEXT, region TEXT, industry TEXT, size TEXT, source TEXT,
  sales_channel TEXT, owner TEXT, branch TEXT, grade TEXT, language TEXT, website TEXT, value_proposition TEXT,
  instructions TEXT, culture TEXT, note TEXT, merged_into TEXT, sort_key TEXT, last_contact TEXT, next_due TEXT);
CREATE INDEX customers_parent ON customers(parent) WHERE parent IS NOT NULL;
CREATE INDEX customers_merged_into ON customers(merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE contacts(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, name TEXT, title TEXT, department TEXT, decision_role TEXT, reports_to TEXT, channel TEXT,
  language TEXT, note TEXT);
CREATE INDEX contacts_of ON contacts(customer);
CREATE INDEX contacts_reports_to ON contacts(reports_to) WHERE reports_to IS NOT NULL;
CREATE TABLE phones(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, contact TEXT, label TEXT, number TEXT, extension TEXT, digits TEXT);
CREATE INDEX phones_of ON phones(customer);
CREATE INDEX phones_contact ON phones(contact) WHERE contact IS NOT NULL;
CREATE TABLE emails(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, contact TEXT, label TEXT, address TEXT);
CREATE INDEX emails_of ON emails(customer);
CREATE INDEX emails_contact ON emails(contact) WHERE contact IS NOT NULL;
CREATE TABLE addresses(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, contact TEXT, label TEXT, country TEXT, region TEXT, city TEXT, district TEXT, street TEXT,
  postcode TEXT);
CREATE INDEX addresses_of ON addresses(customer);
CREATE INDEX addresses_contact ON addresses(contact) WHERE contact IS NOT NULL;
CREATE TABLE parties(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, role TEXT);
CREATE INDEX parties_of ON parties(customer);
CREATE TABLE relations(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, kind TEXT, other TEXT, note TEXT);
CREATE INDEX relations_of ON relations(customer);
CREATE INDEX relations_other ON relations(other) WHERE other IS NOT NULL;
CREATE TABLE tags(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, name TEXT);
CREATE INDEX tags_of ON tags(customer);
CREATE TABLE needs(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, text TEXT, product_line TEXT, urgency TEXT, status TEXT, found_on TEXT, visit TEXT);
CREATE INDEX needs_of ON needs(customer);
CREATE INDEX needs_visit ON needs(visit) WHERE visit IS NOT NULL;
CREATE TABLE key_dates(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, contact TEXT, kind TEXT, label TEXT, year INTEGER, month INTEGER, day INTEGER, lunar INTEGER,
  lead_days INTEGER);
CREATE INDEX key_dates_of ON key_dates(customer);
CREATE INDEX key_dates_contact ON key_dates(contact) WHERE contact IS NOT NULL;
CREATE TABLE visits(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, contact TEXT, kind TEXT, summary TEXT, outcome TEXT, status TEXT, started TEXT, minutes INTEGER,
  zone TEXT, planned_start TEXT, planned_minutes INTEGER, planned_zone TEXT, topic TEXT, channel TEXT,
  direction TEXT, attendees TEXT, person TEXT, follows TEXT, origin TEXT);
CREATE INDEX visits_contact ON visits(contact) WHERE contact IS NOT NULL;
CREATE INDEX visits_follows ON visits(follows) WHERE follows IS NOT NULL;
CREATE TABLE custom_fields(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  noun TEXT, key TEXT, label_en TEXT, label_zh TEXT, kind TEXT, choices TEXT, required INTEGER, position INTEGER);
CREATE TABLE origins(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, source TEXT, outside_number TEXT, digest TEXT, brought TEXT);
CREATE INDEX origins_of ON origins(customer);

CREATE INDEX customers_by_name ON customers(sort_key, id) WHERE live;
CREATE INDEX customers_by_contact ON customers(last_contact, id) WHERE live;
CREATE INDEX customers_by_next ON customers(next_due, id) WHERE live;
CREATE INDEX customers_by_changed ON customers(changed, id) WHERE live;
CREATE INDEX customers_by_owner ON customers(owner, sort_key, id) WHERE live;
CREATE INDEX phones_by_digits ON phones(digits);
CREATE INDEX emails_by_address ON emails(address);
CREATE INDEX tags_by_name ON tags(name);
CREATE INDEX origins_by_digest ON origins(digest);
CREATE INDEX origins_by_number ON origins(source, outside_number);
CREATE INDEX visits_by_customer ON visits(customer, started);
CREATE INDEX visits_by_plan ON visits(planned_start, id) WHERE status = 'planned' AND live;
CREATE INDEX visits_by_person ON visits(person, planned_start, id) WHERE status = 'planned' AND live;
CREATE INDEX key_dates_near ON key_dates(coalesce(lunar, 0), coalesce(month, 0), day) WHERE live;
CREATE INDEX key_dates_early ON key_dates(lead_days) WHERE lead_days IS NOT NULL AND live;

-- The service desk: tickets with their steps, what customers said, standards, causes, knowledge, what was granted.

CREATE TABLE tickets(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, number TEXT, kind TEXT, text TEXT, severity TEXT, tier TEXT, respond_within INTEGER,
  resolve_within INTEGER, category TEXT, channel TEXT, contact TEXT, product TEXT, asset TEXT, received TEXT,
  zone TEXT, country TEXT, state TEXT, state_at TEXT, state_by TEXT, waiting TEXT, done_by TEXT, reviewed_by TEXT,
  person TEXT, cause TEXT, solution TEXT, follow_up TEXT, parent TEXT, department TEXT, promised TEXT, due TEXT,
  warn TEXT, queue_key TEXT, responded TEXT, finished TEXT, response_used INTEGER, resolve_used INTEGER,
  reopened INTEGER, cost INTEGER);
CREATE INDEX tickets_of ON tickets(customer, received);
CREATE INDEX tickets_open_of ON tickets(customer, queue_key) WHERE queue_key IS NOT NULL;
CREATE INDEX tickets_number ON tickets(number);
CREATE INDEX tickets_parent ON tickets(parent) WHERE parent IS NOT NULL;
-- What is open is a small part of all; the queue and each person's are read from these alone.
CREATE INDEX tickets_queue ON tickets(queue_key, id) WHERE live AND queue_key IS NOT NULL;
CREATE INDEX tickets_person ON tickets(person, queue_key, id) WHERE live AND queue_key IS NOT NULL;
CREATE INDEX tickets_warn ON tickets(warn) WHERE live AND warn IS NOT NULL;
CREATE INDEX tickets_product ON tickets(product, cause, received) WHERE live AND product IS NOT NULL;
-- The report reads this one.
CREATE INDEX tickets_report ON tickets(received, kind, cause, product, severity, tier, channel, person, state,
  response_used, respond_within, resolve_used, resolve_within, reopened, cost) WHERE live AND parent IS NULL;

CREATE TABLE ticket_steps(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, ticket TEXT, verb TEXT, at TEXT, person TEXT, assigned TEXT, why TEXT, reason TEXT, minutes INTEGER,
  cost INTEGER);
CREATE INDEX ticket_steps_of ON ticket_steps(ticket, at, id);
CREATE INDEX ticket_steps_customer ON ticket_steps(customer);
CREATE TABLE reviews(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, ticket TEXT, at TEXT, source TEXT, solved INTEGER, attitude INTEGER, score INTEGER,
  recommend INTEGER, text TEXT, person TEXT);
CREATE INDEX reviews_of ON reviews(customer, at);
CREATE INDEX reviews_ticket ON reviews(ticket);
CREATE INDEX reviews_at ON reviews(at, score, recommend) WHERE live;
CREATE TABLE causes(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  code TEXT, label_en TEXT, label_zh TEXT);
CREATE TABLE corrective_actions(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  text TEXT, product TEXT, cause TEXT, person TEXT, due TEXT, state TEXT, state_on TEXT, ticket TEXT);
CREATE INDEX corrective_actions_of ON corrective_actions(cause, product);
CREATE TABLE articles(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  kind TEXT, symptom TEXT, product TEXT, cause TEXT, fix TEXT, person TEXT, ticket TEXT);
CREATE TABLE grants(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, ticket TEXT, kind TEXT, amount INTEGER, currency TEXT, reason TEXT, person TEXT, state TEXT,
  decided TEXT, approver TEXT);
CREATE INDEX grants_of ON grants(customer);
CREATE INDEX grants_ticket ON grants(ticket);
CREATE INDEX grants_asked ON grants(state, created) WHERE live AND state = 'asked';
CREATE TABLE sla_policies(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  tier TEXT, severity TEXT, respond_within INTEGER, resolve_within INTEGER);
ALTER TABLE needs ADD COLUMN ticket TEXT;
CREATE INDEX needs_ticket ON needs(ticket) WHERE ticket IS NOT NULL;

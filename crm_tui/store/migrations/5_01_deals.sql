-- The pipeline: stages, deals with their logs, leads, prospect grades; a contact may be about a deal.

ALTER TABLE visits ADD COLUMN deal TEXT;
CREATE INDEX visits_deal ON visits(deal, status, planned_start) WHERE deal IS NOT NULL AND live;

CREATE TABLE pipelines(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name_en TEXT, name_zh TEXT, position INTEGER);
CREATE TABLE stages(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  pipeline TEXT, name_en TEXT, name_zh TEXT, position INTEGER, kind TEXT, probability INTEGER, rotting_days INTEGER,
  required TEXT, shown TEXT);
CREATE TABLE prospect_grades(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  code TEXT, label_en TEXT, label_zh TEXT, horizon_days INTEGER, position INTEGER);
CREATE TABLE deals(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, name TEXT, number TEXT, pipeline TEXT, stage TEXT, staged TEXT, staged_by TEXT, place TEXT,
  amount INTEGER, currency TEXT, close_day TEXT, contact TEXT, owner TEXT, products TEXT, competitor TEXT, source TEXT,
  grade TEXT, graded TEXT, lost_reason TEXT, lost_to TEXT, price_gap INTEGER, lost_from TEXT, try_again TEXT,
  lessons TEXT, note TEXT);
CREATE INDEX deals_of ON deals(customer);
CREATE INDEX deals_number ON deals(number);
-- A column of the board is read from the first index, a closed one from the second; their heads from the third.
CREATE INDEX deals_column ON deals(stage, place, id) WHERE live;
CREATE INDEX deals_closed ON deals(stage, staged, id, currency, amount) WHERE live;
CREATE INDEX deals_totals ON deals(stage, currency, amount) WHERE live;
CREATE INDEX deals_owner ON deals(owner, stage, place, id) WHERE live;
CREATE TABLE stage_moves(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  deal TEXT, at TEXT, from_stage TEXT, to_stage TEXT, person TEXT, amount INTEGER, currency TEXT);
CREATE INDEX stage_moves_deal ON stage_moves(deal, at, id);
CREATE TABLE grade_moves(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  deal TEXT, day TEXT, from_grade TEXT, to_grade TEXT, reason TEXT, person TEXT);
CREATE INDEX grade_moves_deal ON grade_moves(deal, day, id);
CREATE TABLE leads(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, company TEXT, kind TEXT, phone TEXT, email TEXT, interest TEXT, source TEXT, owner TEXT, taken_by TEXT,
  came TEXT, went TEXT, due TEXT, answered TEXT, state TEXT, stated TEXT, discard_reason TEXT, customer TEXT, deal TEXT,
  note TEXT);
CREATE INDEX leads_state ON leads(state, due, id) WHERE live;
CREATE INDEX leads_came ON leads(came, id) WHERE live;

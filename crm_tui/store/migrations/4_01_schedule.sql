-- The schedule: more about visits, and what makes and judges plans.

ALTER TABLE visits ADD COLUMN place TEXT;
ALTER TABLE visits ADD COLUMN measured TEXT;
ALTER TABLE visits ADD COLUMN first_planned TEXT;
ALTER TABLE visits ADD COLUMN move_reason TEXT;
ALTER TABLE visits ADD COLUMN moved_by TEXT;
ALTER TABLE visits ADD COLUMN cancel_reason TEXT;
ALTER TABLE visits ADD COLUMN attempt INTEGER;
ALTER TABLE visits ADD COLUMN series TEXT;
ALTER TABLE visits ADD COLUMN occurrence TEXT;
ALTER TABLE visits ADD COLUMN uid TEXT;
ALTER TABLE visits ADD COLUMN brought TEXT;
ALTER TABLE visits ADD COLUMN reviewed TEXT;
ALTER TABLE visits ADD COLUMN reviewed_by TEXT;
ALTER TABLE visits ADD COLUMN review_comment TEXT;
ALTER TABLE customers ADD COLUMN care TEXT;
ALTER TABLE customers ADD COLUMN no_go TEXT;
ALTER TABLE customers ADD COLUMN do_not_call INTEGER;
ALTER TABLE customers ADD COLUMN key_account INTEGER;
ALTER TABLE contacts ADD COLUMN do_not_call INTEGER;

CREATE TABLE series(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, contact TEXT, kind TEXT, topic TEXT, person TEXT, minutes INTEGER, place TEXT, rule TEXT, country TEXT);
CREATE INDEX series_of ON series(customer);
CREATE TABLE cadences(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  grade TEXT, customer_kind TEXT, customer TEXT, every_days INTEGER, yellow_days INTEGER, red_days INTEGER, kind TEXT,
  minutes INTEGER, response_hours INTEGER, terms TEXT);
CREATE TABLE calendar_days(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  day TEXT, state TEXT, name TEXT, estimated INTEGER, country TEXT);
CREATE INDEX calendar_days_of ON calendar_days(country, day);
CREATE TABLE checklist_steps(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  kind TEXT, key TEXT, label_en TEXT, label_zh TEXT, unit TEXT, position INTEGER);
CREATE TABLE consumption_profiles(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, product TEXT, household_size INTEGER, per_head INTEGER, monthly_use INTEGER, daily_use INTEGER,
  since TEXT, container INTEGER, lead_days INTEGER, payday TEXT, access TEXT);
CREATE INDEX consumption_profiles_of ON consumption_profiles(customer);
CREATE TABLE fills(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, profile TEXT, day TEXT, amount INTEGER, left_before INTEGER, emptied TEXT, visit TEXT);
CREATE INDEX fills_of ON fills(customer);
CREATE INDEX fills_profile ON fills(profile, day);
CREATE TABLE plan_freezes(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  person TEXT, week TEXT, plans TEXT);
CREATE INDEX plan_freezes_week ON plan_freezes(week);
CREATE TABLE day_reports(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  person TEXT, day TEXT, remarks TEXT, figures TEXT, reviewed TEXT, reviewed_by TEXT, review_comment TEXT);
CREATE INDEX day_reports_day ON day_reports(day);
CREATE TABLE activity_targets(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  person TEXT, kind TEXT, first_day TEXT, last_day TEXT, target INTEGER);
CREATE INDEX activity_targets_person ON activity_targets(person);

-- A week of everybody is read from these indexes alone; a day of one person by his.
CREATE INDEX visits_week ON visits(planned_start, person, status, started, first_planned, outcome, id)
  WHERE live AND planned_start IS NOT NULL;
CREATE INDEX visits_moved ON visits(first_planned, person, status, started, planned_start, outcome, id)
  WHERE live AND first_planned IS NOT NULL;
CREATE INDEX visits_done ON visits(started, person, planned_start, first_planned, outcome, id)
  WHERE live AND status = 'done';
CREATE INDEX visits_person_week ON visits(person, planned_start) WHERE live AND planned_start IS NOT NULL;
CREATE INDEX visits_person_done ON visits(person, started) WHERE live AND status = 'done';
CREATE INDEX visits_series ON visits(series, occurrence) WHERE series IS NOT NULL;
CREATE INDEX visits_uid ON visits(uid) WHERE uid IS NOT NULL;
CREATE INDEX customers_key ON customers(sort_key, id) WHERE live AND key_account = 1;
CREATE INDEX contacts_by_name ON contacts(name) WHERE live;
CREATE INDEX customers_by_silence ON customers(owner, last_contact, id) WHERE live;

-- A call that reached nobody is no contact: the last one of such customers is computed anew.
INSERT OR IGNORE INTO dirty(row, what)
  SELECT r.n, 1 FROM visits v JOIN row r ON r.id = v.id WHERE v.outcome = 'unreached' AND v.status = 'done';

-- The report is one pass over this index alone.

DROP INDEX tickets_report;
CREATE INDEX tickets_report ON tickets(received, kind, cause, product, severity, tier, channel, person, state,
  response_used, respond_within, resolve_used, resolve_within, reopened, cost, customer, parent, live)
  WHERE live AND parent IS NULL;

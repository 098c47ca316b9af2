-- Quotes that wait for an answer are few of many; the day reads those that run out.

CREATE INDEX quotes_open ON quotes(valid_until, id) WHERE live AND status = 'sent';

-- From the price list to the money: products, quotes, orders, deliveries, payments, returns, stock, commission.

CREATE TABLE products(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, code TEXT, unit TEXT, category TEXT, description TEXT, cost INTEGER, cost_currency TEXT, stocked
  INTEGER, warranty_months INTEGER, offer_months INTEGER, offer TEXT, active INTEGER, outside TEXT, brought
  TEXT);
CREATE TABLE prices(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  product TEXT, tier TEXT, amount INTEGER, currency TEXT, valid_from TEXT, valid_to TEXT, competitor TEXT,
  reason TEXT);
CREATE TABLE quotes(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, number TEXT, version INTEGER, replaces TEXT, deal TEXT, contact TEXT, subject TEXT, status
  TEXT, status_day TEXT, status_note TEXT, currency TEXT, day TEXT, valid_until TEXT, due_rule TEXT, language
  TEXT, person TEXT, approved_by TEXT, approved TEXT, approved_discount INTEGER, note TEXT, total INTEGER);
CREATE TABLE quote_lines(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  quote TEXT, product TEXT, text TEXT, unit TEXT, quantity INTEGER, price INTEGER, discount INTEGER, position
  INTEGER);
CREATE TABLE orders(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, number TEXT, quote TEXT, day TEXT, status TEXT, status_day TEXT, status_note TEXT, step TEXT,
  step_day TEXT, currency TEXT, amount INTEGER, items INTEGER, due_rule TEXT, promised TEXT, person TEXT,
  channel TEXT, revision INTEGER, revised TEXT, revision_note TEXT, note TEXT, outside TEXT, brought TEXT, total
  INTEGER, delivered INTEGER, returned INTEGER, received INTEGER, balance INTEGER, due TEXT, stage TEXT);
CREATE TABLE order_lines(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  of_order TEXT, product TEXT, text TEXT, unit TEXT, quantity INTEGER, price INTEGER, discount INTEGER, position
  INTEGER, cost INTEGER);
CREATE TABLE order_shares(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  of_order TEXT, person TEXT, share INTEGER);
CREATE TABLE deliveries(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  of_order TEXT, day TEXT, person TEXT, carrier TEXT, tracking TEXT, stock_word TEXT, visit TEXT, note TEXT);
CREATE TABLE delivery_lines(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  delivery TEXT, line TEXT, quantity INTEGER, serial TEXT);
CREATE TABLE returns(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  of_order TEXT, day TEXT, requested TEXT, reason TEXT, restocked INTEGER, person TEXT, note TEXT);
CREATE TABLE return_lines(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  of_return TEXT, line TEXT, quantity INTEGER);
CREATE TABLE payments(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, of_order TEXT, number TEXT, kind TEXT, amount INTEGER, currency TEXT, day TEXT, method TEXT,
  person TEXT, of_return TEXT, note TEXT, outside TEXT, brought TEXT);
CREATE TABLE payment_plans(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  of_order TEXT, due TEXT, amount INTEGER, note TEXT);
CREATE TABLE stock_moves(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  product TEXT, day TEXT, kind TEXT, quantity INTEGER, word TEXT, person TEXT);
CREATE TABLE commission_rules(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  name TEXT, product TEXT, category TEXT, tier TEXT, base TEXT, rate INTEGER, valid_from TEXT, active INTEGER);
CREATE TABLE commission_months(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  person TEXT, month TEXT, sums TEXT, statement TEXT, machine TEXT);
CREATE TABLE investments(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, kind TEXT, day TEXT, text TEXT, minutes INTEGER, amount INTEGER, currency TEXT, person TEXT);
CREATE TABLE assets(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, product TEXT, name TEXT, serial TEXT, line TEXT, delivered TEXT, warranty_end TEXT, status
  TEXT, note TEXT);

CREATE INDEX products_by_name ON products(name, id) WHERE live;
CREATE INDEX products_code ON products(code);
CREATE INDEX products_outside ON products(outside) WHERE outside IS NOT NULL;
CREATE INDEX prices_of ON prices(product, tier, valid_from);
CREATE INDEX quotes_of ON quotes(customer);
CREATE INDEX quotes_number ON quotes(number);
CREATE INDEX quotes_deal ON quotes(deal) WHERE deal IS NOT NULL;
CREATE INDEX quotes_by_day ON quotes(day, id) WHERE live;
CREATE INDEX quote_lines_of ON quote_lines(quote);
CREATE INDEX orders_of ON orders(customer, day);
CREATE INDEX orders_number ON orders(number);
CREATE INDEX orders_quote ON orders(quote) WHERE quote IS NOT NULL;
CREATE INDEX orders_outside ON orders(outside) WHERE outside IS NOT NULL;
CREATE INDEX orders_by_day ON orders(day, id) WHERE live;
-- Few orders of many are open: arrears, collections and what is to be delivered are read from these alone.
CREATE INDEX orders_owed ON orders(due, id) WHERE live AND balance <> 0;
CREATE INDEX orders_open ON orders(stage, day, id) WHERE live AND stage <> 'done';
CREATE INDEX order_lines_of ON order_lines(of_order);
CREATE INDEX order_lines_product ON order_lines(product) WHERE product IS NOT NULL;
CREATE INDEX order_shares_of ON order_shares(of_order);
CREATE INDEX deliveries_of ON deliveries(of_order);
CREATE INDEX delivery_lines_of ON delivery_lines(delivery);
CREATE INDEX delivery_lines_line ON delivery_lines(line);
CREATE INDEX returns_of ON returns(of_order);
CREATE INDEX return_lines_of ON return_lines(of_return);
CREATE INDEX return_lines_line ON return_lines(line);
CREATE INDEX payments_of ON payments(customer);
CREATE INDEX payments_order ON payments(of_order);
CREATE INDEX payments_number ON payments(number);
CREATE INDEX payments_by_day ON payments(day, id) WHERE live;
CREATE INDEX payments_loose ON payments(customer, currency, amount) WHERE live AND of_order IS NULL;
CREATE INDEX payments_outside ON payments(outside) WHERE outside IS NOT NULL;
CREATE INDEX payment_plans_of ON payment_plans(of_order);
CREATE INDEX payment_plans_due ON payment_plans(due) WHERE live;
CREATE INDEX stock_moves_of ON stock_moves(product, day);
CREATE INDEX commission_months_of ON commission_months(person, month);
CREATE INDEX investments_of ON investments(customer);
CREATE INDEX assets_of ON assets(customer);
CREATE INDEX assets_serial ON assets(serial) WHERE serial IS NOT NULL;

-- A signal without an order was only recorded or is refused, and only those that were recorded are taken into the hypothetical books. Whoever looks
-- for the next of them must not come by every refused one of a session that records none, nor by those on a session's other symbols.
-- Of what the predicate looks at, code alone ever changes: when an order is refused after it was taken in. All other results are written in place.
drop index signals_without_order;
create index signals_recorded on signals (session_id, symbol, received_at, id) where order_id is null and code is null;
-- What a position costs is rounded to eight places where part of it is closed: a few billionths of a unit that are left may cost nothing. A book
-- that could not be kept for this kept everybody's waiting.
alter table hypothetical_books drop constraint hypothetical_books_check;
alter table hypothetical_books add constraint hypothetical_books_check check (quantity <> 0 or cost = 0);

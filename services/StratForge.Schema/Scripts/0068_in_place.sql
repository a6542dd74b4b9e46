-- What became of a signal is written moments after it, how far a session has come once in a second while it moves. With room on their pages,
-- and no index that looks at what changes, both are written in place and touch no index.
drop index signals_recorded;
-- Signals that made no order: those that were only recorded, and refused ones.
create index signals_without_order on signals (session_id, received_at, id) where order_id is null;
alter table signals set (fillfactor = 50);
alter table sessions set (fillfactor = 50);

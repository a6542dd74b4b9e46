-- What became of a signal is written moments after it. With room on its page, and no index that looks at what changes, that is written in
-- place and touches no index.
drop index signals_recorded;
-- Signals that made no order: those that were only recorded, and refused ones.
create index signals_without_order on signals (session_id, received_at, id) where order_id is null;
alter table signals set (fillfactor = 50);

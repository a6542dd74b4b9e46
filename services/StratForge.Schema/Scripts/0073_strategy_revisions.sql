-- Rises with every change of a strategy, of its code or not: whoever saves says which one he has seen.
alter table strategies add column revision integer not null default 1 check (revision > 0);

-- Versions that no session ran make room for newer ones.
create index sessions_strategy_version on sessions (strategy_id, strategy_version);

-- What is deleted is explained by the versions that sessions ran; the rest goes.
update strategies set code = '', parameters = '{}', logic_explanation = null where deleted_at is not null;
delete from strategy_versions as v
using strategies as s
where s.id = v.strategy_id and s.deleted_at is not null
  and not exists (select from sessions as n where n.strategy_id = v.strategy_id and n.strategy_version = v.version);

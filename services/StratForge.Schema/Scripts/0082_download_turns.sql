-- Downloads are worked on in turns, a symbol at a time. Its turn's number says whose word on a download counts: a gateway that was slow finds
-- that another has taken it.
alter table market_data_jobs add column turn integer not null default 0;

-- When an owner was last served.
create index market_data_jobs_served on market_data_jobs (user_id, heartbeat_at) where kind = 'download';

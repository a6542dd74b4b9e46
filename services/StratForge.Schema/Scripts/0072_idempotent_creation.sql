-- What a key's request creates has its id from the first attempt on, so that a later one finds what an earlier one left behind. The row outlives
-- attempts that failed: claimed_at says whether somebody is at it, and since when.
alter table idempotency_keys add column subject_id uuid not null default gen_random_uuid();
alter table idempotency_keys add column claimed_at timestamptz default now();

-- An answer that is given again is the whole answer.
alter table idempotency_keys add column etag text;
alter table idempotency_keys add column location text;

-- Whether the account began anew with this sample: what its gains are counted from, so no later sample of the same moment takes its place.
alter table equity_samples add column begins boolean not null default false;
update equity_samples s
set begins = true
from account_resets r
where r.user_id = s.user_id and r.market_at = s.at;

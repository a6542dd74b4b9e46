-- A sign-in has one token that is alive, and only that one is ever looked for by its family, however many it has used up.
drop index refresh_tokens_family;
create unique index refresh_tokens_alive on refresh_tokens (family_id) where used_at is null and revoked_at is null;

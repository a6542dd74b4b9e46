-- Keys that programs of a user show instead of signing in (docs/identity.md). Of a key only its hash and its first characters are kept.
create table api_keys (
    id           uuid primary key,
    user_id      uuid not null references users (id) on delete cascade,
    name         text not null check (length(name) between 1 and 100),
    prefix       text not null,
    key_hash     bytea not null unique check (octet_length(key_hash) = 32),
    created_at   timestamptz not null,
    -- Give or take a minute.
    last_used_at timestamptz,
    revoked_at   timestamptz
);
create index api_keys_alive on api_keys (user_id, created_at desc, id desc) where revoked_at is null;

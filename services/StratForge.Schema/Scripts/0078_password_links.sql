-- What an admin gives somebody so that he sets his own password, once: the newest per user. Only its hash is kept, and the row goes when it is used.
create table password_links (
    user_id    uuid primary key references users (id) on delete cascade,
    code_hash  bytea not null unique check (octet_length(code_hash) = 32),
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at)
);

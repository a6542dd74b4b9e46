-- Where alerts are posted to. The secret is encrypted by the gateways (docs/alerts.md).
create table alert_webhooks (
    id         uuid primary key,
    user_id    uuid not null references users (id),
    name       text not null check (length(name) between 1 and 100),
    url        text not null check (length(url) between 1 and 2000),
    secret     bytea not null,
    created_at timestamptz not null
);
create index alert_webhooks_by_user on alert_webhooks (user_id, created_at desc, id desc);

-- One post of one firing to one webhook: written with the firing, so none is forgotten. Whoever sends it moves next_at ahead first; when
-- it dies meanwhile, another sends it again then.
create table alert_deliveries (
    id          uuid primary key,
    firing_id   uuid not null,
    webhook_id  uuid not null references alert_webhooks (id) on delete cascade,
    user_id     uuid not null,
    body        text not null,
    status      text not null default 'waiting' check (status in ('waiting', 'delivered', 'dead')),
    attempts    integer not null default 0 check (attempts >= 0),
    next_at     timestamptz not null,
    last_status integer,
    last_error  text,
    last_answer text,
    created_at  timestamptz not null,
    ended_at    timestamptz,
    unique (firing_id, webhook_id),
    check ((status = 'waiting') = (ended_at is null))
);
create index alert_deliveries_due on alert_deliveries (webhook_id, next_at) where status = 'waiting';
create index alert_deliveries_by_user on alert_deliveries (user_id, created_at desc, id desc);
create index alert_deliveries_by_age on alert_deliveries (ended_at) where ended_at is not null;

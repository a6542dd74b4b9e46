-- Alerts of users, and what they said (docs/alerts.md). side is where the watched value stood when last noted, so that a new writer goes
-- on where the old one stopped; version rises with each change by the owner, firings with each firing.
create table alerts (
    id                uuid primary key,
    user_id           uuid not null references users (id),
    name              text not null check (length(name) between 1 and 100),
    kind              text not null check (kind in ('price_above', 'price_below', 'price_crosses', 'pnl_above', 'pnl_below', 'drawdown',
                                                    'drawdown_percent', 'session_failed', 'reconciliation_drift')),
    symbol            text,
    session_id        uuid references sessions (id),
    level             numeric,
    hysteresis        numeric check (hysteresis >= 0),
    repeats           boolean not null,
    cool_down_seconds integer not null check (cool_down_seconds between 0 and 604800),
    enabled           boolean not null,
    muted             boolean not null,
    webhook_ids       uuid[] not null check (cardinality(webhook_ids) <= 10),
    side              smallint not null default 0 check (side in (-1, 0, 1)),
    version           integer not null default 1,
    firings           integer not null default 0,
    -- Nothing that happened before counts: when it was made, or switched on again.
    armed_at          timestamptz not null,
    last_fired_at     timestamptz,
    created_at        timestamptz not null,
    check ((kind like 'price%') = (symbol is not null)),
    check ((kind in ('session_failed', 'reconciliation_drift')) = (level is null)),
    check ((level is null) = (hysteresis is null)),
    check (kind not like 'price%' or hysteresis < level)
);
create index alerts_by_user on alerts (user_id, created_at desc, id desc);
create index alerts_enabled on alerts (kind) where enabled;

-- The number is the fence: one firing of an alert is written once, whoever tries. A subject, a session or a drift, fires an alert once.
-- Firings stay when their alert is deleted.
create table alert_firings (
    id         uuid primary key,
    alert_id   uuid not null,
    number     integer not null check (number > 0),
    user_id    uuid not null,
    name       text not null,
    kind       text not null,
    message    text not null,
    symbol     text,
    session_id uuid,
    subject    text,
    level      numeric,
    value      numeric,
    is_test    boolean not null,
    is_muted   boolean not null,
    market_at  timestamptz,
    fired_at   timestamptz not null,
    unique (alert_id, number)
);
create unique index alert_firings_subject on alert_firings (alert_id, subject) where subject is not null;
create index alert_firings_by_user on alert_firings (user_id, fired_at desc, id desc);
create index alert_firings_by_alert on alert_firings (alert_id, fired_at desc, id desc);
create index alert_firings_by_age on alert_firings (fired_at);

-- What alerts about sessions and about the broker look for.
create index sessions_failed on sessions (user_id, ended_at) where status = 'FAILED';
create index reconciliation_history_drift on reconciliation_history (at) where kind = 'drift';

-- Notes one firing, if the alert is still as whoever decided it knows it. It is called in the books' transactions.
create function fire_alert(p_alert uuid, p_version integer, p_number integer, p_side integer, p_firing jsonb, p_at timestamptz) returns void
language plpgsql as $$
begin
    update alerts
    set firings = p_number,
        side = case when f.is_test then side else p_side end,
        last_fired_at = case when f.is_test then last_fired_at else p_at end,
        enabled = enabled and (f.is_test or repeats)
    from jsonb_to_record(p_firing) as f (is_test boolean)
    where id = p_alert and version = p_version and firings = p_number - 1 and (enabled or f.is_test);
    if not found then
        raise exception 'alert % was changed or has fired', p_alert using errcode = 'SF005';
    end if;

    insert into alert_firings (id, alert_id, number, user_id, name, kind, message, symbol, session_id, subject, level, value, is_test, is_muted,
                               market_at, fired_at)
    select f.id, p_alert, p_number, f.user_id, f.name, f.kind, f.message, f.symbol, f.session_id, f.subject, f.level, f.value, f.is_test, f.is_muted,
           f.market_at, p_at
    from jsonb_to_record(p_firing) as f (
        id uuid, user_id uuid, name text, kind text, message text, symbol text, session_id uuid, subject text, level numeric, value numeric,
        is_test boolean, is_muted boolean, market_at timestamptz);
end $$;

alter table user_events drop constraint user_events_kind_check;
alter table user_events add constraint user_events_kind_check check (kind in ('order', 'fill', 'portfolio', 'session', 'alert'));

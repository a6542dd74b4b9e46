-- The one writer of orders and books, and what opens an account.
--
-- Ledger: an entry moves an amount from its debit account to its credit account; a balance is what came in less what went out. A user's
-- money is cash (free) + cash_reserved (promised to open orders) + margin (held against short positions), USD. A user's holding of a
-- symbol is units (free) + units_reserved (promised to open sells), with the symbol as the asset.

-- Of all gateways one keeps the books in memory and writes them: the one whose epoch stands here.
create table trading_leader (
    only_one boolean primary key default true check (only_one),
    epoch    bigint not null default 0,
    -- Where others reach it: its public door, and the one for services.
    address          text,
    internal_address text,
    since    timestamptz
);
insert into trading_leader default values;

-- Opens the virtual account of a new user with a deposit out of the house's cash.
create function open_account(p_user uuid, p_amount numeric, p_at timestamptz) returns void
language plpgsql as $$
declare
    house constant uuid := '00000000-0000-0000-0000-000000000000';
begin
    insert into accounts (user_id, opened_at) values (p_user, p_at);
    insert into ledger_accounts (owner_id, kind, asset, balance)
    values (p_user, 'cash', 'USD', p_amount), (p_user, 'cash_reserved', 'USD', 0);
    insert into ledger_accounts (owner_id, kind, asset, balance)
    values (house, 'cash', 'USD', -p_amount)
    on conflict (owner_id, kind, asset) do update set balance = ledger_accounts.balance + excluded.balance;
    insert into ledger_entries (debit_owner, debit_kind, credit_owner, credit_kind, asset, amount, reason, booked_at)
    values (house, 'cash', p_user, 'cash', 'USD', p_amount, 'deposit', p_at);
end $$;

-- Becomes the writer: whoever was it before can't commit from now on.
create function lead_trading(p_address text, p_internal_address text, p_at timestamptz) returns bigint
language plpgsql as $$
declare
    led bigint;
begin
    -- Waits for the commit that is under way.
    perform pg_advisory_xact_lock(hashtextextended('trading', 0));
    update trading_leader set epoch = epoch + 1, address = p_address, internal_address = p_internal_address, since = p_at returning epoch into led;
    return led;
end $$;

-- First statement of every commit of the books: makes sure that this gateway still is the writer, and that the sessions on whose word it
-- decided are as it remembers them, neither taken over by another worker nor ended since.
create function begin_unit(p_epoch bigint, p_session uuid[], p_session_epoch bigint[]) returns void
language plpgsql as $$
declare
    changed uuid[];
begin
    -- The statements that follow take arrays. A plan made for the arrays at hand looks cheaper every time and costs more than it saves.
    -- Rows are found by their keys: whatever the statistics say of a young table, its plan has to serve a large one.
    perform set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
            set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true);
    perform pg_advisory_xact_lock_shared(hashtextextended('trading', 0));
    if not exists (select 1 from trading_leader where epoch = p_epoch) then
        raise exception 'another gateway keeps the books' using errcode = 'SF001';
    end if;
    if cardinality(p_session) > 0 then
        select array_agg(i.id) into changed
        from unnest(p_session, p_session_epoch) as i (id, epoch)
        left join sessions s on s.id = i.id
        where s.lease_epoch is distinct from i.epoch or s.ended_at is not null;
        if changed is not null then
            raise exception 'sessions have changed: %', changed using errcode = 'SF002';
        end if;
    end if;
end $$;

-- Symbols that somebody watches through a gateway. A row counts while its gateway renews it, so it need not survive a crash.
create unlogged table watched_symbols (
    gateway_id uuid not null,
    symbol     text not null,
    renewed_at timestamptz not null,
    primary key (gateway_id, symbol)
);
create index watched_symbols_symbol on watched_symbols (symbol);

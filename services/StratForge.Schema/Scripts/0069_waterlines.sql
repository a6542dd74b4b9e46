-- The best prices that trailing stops have seen. An older line has seen all that the next has, so a new best price passes the youngest ones, which then
-- are one: what an order has seen is the price of the youngest line that is not younger than its trails_since.
create table waterlines (
    symbol text not null,
    side   text not null check (side in ('buy', 'sell')),
    seq    bigint not null check (seq > 0),
    price  numeric not null check (price > 0),
    primary key (symbol, side, seq)
) with (fillfactor = 50);

-- Until its stop is reached or it is over; then high_water says what it saw.
alter table orders add column trails_since bigint check (trails_since > 0);

insert into waterlines (symbol, side, seq, price)
select symbol, side, row_number() over (partition by symbol, side order by case side when 'sell' then -high_water else high_water end), high_water
from (select distinct symbol, side, high_water
      from orders
      where status in ('held', 'accepted', 'new', 'partially_filled') and type = 'trailing_stop' and triggered_at is null and high_water is not null) seen;

update orders o
set trails_since = w.seq, high_water = null
from waterlines w
where w.symbol = o.symbol and w.side = o.side and w.price = o.high_water
  and o.status in ('held', 'accepted', 'new', 'partially_filled') and o.type = 'trailing_stop' and o.triggered_at is null;

alter table orders add check (trails_since is null
    or (status in ('held', 'accepted', 'new', 'partially_filled') and type = 'trailing_stop' and triggered_at is null and high_water is null));

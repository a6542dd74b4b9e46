-- Open orders for the day of which nobody knew yet when it ends: there are hardly ever any. The gateway that keeps the books sets it, and looks once in a
-- second.
create index orders_without_end on orders (id)
    where expires_at is null and time_in_force = 'day' and asset_class = 'stock' and status in ('held', 'accepted', 'new', 'partially_filled');

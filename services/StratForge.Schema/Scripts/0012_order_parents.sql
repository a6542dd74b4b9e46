-- Exits are found by the order they belong to.
create index orders_parent on orders (parent_id) where parent_id is not null;

-- Where two orders met, the decision is about either.
create index routing_decisions_other_order on routing_decisions (other_order_id) where other_order_id is not null;

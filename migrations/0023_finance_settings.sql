-- Where the days of an organisation begin, and how rows of the ledgers are found by their names.

alter table organisations add column time_zone text not null default 'UTC' check (length(time_zone) between 1 and 100);
comment on column organisations.time_zone is 'A name of the IANA database: where the days begin of a period that names no zone.';

grant update (time_zone) on organisations to purser_api;

-- Rows of the ledgers are named by their transaction. Only looked up whole, so a hash of it does, in a quarter of the room: without it every row of
-- the account was read for each name.
create index debits_by_transaction on debits using hash (transaction_hash);
create index movements_by_transaction on movements using hash (transaction_hash);

-- Nobody asks for reviews but row by row, or of an account, both by the key. Of a table without statistics this one looked as narrow as the key, and
-- every review of the organisation was read for each row.
drop index row_reviews_by_state;

-- The order of facts on disk: what is read of the chain in order is written in order.

-- Block first, so that a new fact goes to the end of the index, and what a block said is found by the same index.
alter table facts
  drop constraint facts_pkey,
  add primary key (network_id, block_number, transaction_index, event_index, account, block_hash);
drop index facts_by_block;
-- The one index for reading an account. A session key is filtered among the facts of its account: few keys share one,
-- and a range of blocks bounds it where somebody needs it bounded; an index of its own cost each fact as much as this.
create index facts_by_account on facts (network_id, account, block_number);
drop index facts_by_session;

comment on table facts is
  'Insert only. Whether a fact counts is asked of its block (blocks.canonical, blocks.finality), never stored here. '
  'The key is the place on the chain in the order of the chain, so that what is indexed in order is appended.';

alter table dead_letters
  drop constraint dead_letters_pkey,
  add primary key (network_id, block_number, transaction_index, event_index, account, block_hash);
drop index dead_letters_by_block;
create index dead_letters_by_account on dead_letters (network_id, account, block_number);

-- A version ends where the next of its entry begins, so those that a reorg re-opens are found by what it deletes.
drop index session_versions_by_end;
drop index policy_versions_by_end;
drop index account_versions_by_end;

-- Networks, their blocks, and how far the head has been read.

create domain felt as text collate "C"
  -- The length apart: a bounded repeat makes the regular expression five times slower, and it runs for every felt.
  constraint felt_is_printed_form check (value ~ '^0x(0|[1-9a-f][0-9a-f]*)$' and length(value) <= 66);
comment on domain felt is
  'A field element in its one printed form: 0x, lower case, no leading zeros. Text equality is numeric equality.';

create domain block_height as bigint
  constraint block_height_is_safe_integer check (value between 0 and 9007199254740991);
comment on domain block_height is 'A block number. Bounded so that it is exact as a JavaScript number.';

create domain uint64 as numeric(20, 0)
  constraint uint64_range check (value between 0 and 18446744073709551615);

create domain uint256 as numeric(78, 0)
  constraint uint256_range
    check (value between 0 and 115792089237316195423570985008687907853269984665640564039457584007913129639935);

create table networks (
  network_id integer generated always as identity primary key,
  chain_id felt not null,
  genesis_hash felt not null,
  label text not null,
  first_block block_height,
  alerts_from_block block_height,
  searched_from_genesis boolean not null default false,
  created_at timestamptz not null default now(),
  constraint networks_identity unique (chain_id, genesis_hash)
);
comment on table networks is
  'A network is its chain id and the hash of its block 0: a development chain may call itself SN_SEPOLIA too.';
comment on column networks.first_block is 'The first block that is read one by one; nothing below is compared with the node.';
comment on column networks.alerts_from_block is
  'The first block after the head at the first start: what happened before is kept as alerts and not sent.';
comment on column networks.searched_from_genesis is
  'Every block from 0 was searched for session events: an account met for the first time has no past there.';
comment on column networks.network_id is 'Part of every key: rows of two chains never share one.';

create table blocks (
  network_id integer not null references networks,
  block_hash felt not null,
  block_number block_height not null,
  parent_hash felt not null,
  timestamp_seconds uint64 not null,
  finality text not null constraint blocks_finality check (finality in ('ACCEPTED_ON_L2', 'ACCEPTED_ON_L1')),
  canonical boolean not null,
  primary key (network_id, block_hash)
);
comment on table blocks is
  'Headers seen. Finality and being canonical stand here and are joined, so a branch that comes back is canonical again.';
comment on column blocks.canonical is 'False once a reorg left the block; the row and its facts stay.';

create unique index blocks_canonical_number on blocks (network_id, block_number) where canonical;
create index blocks_canonical_timestamp on blocks (network_id, timestamp_seconds, block_number) where canonical;
create index blocks_not_final on blocks (network_id, block_number)
  where canonical and finality = 'ACCEPTED_ON_L2';

create table cursors (
  network_id integer primary key references networks,
  block_number block_height not null,
  block_hash felt not null,
  updated_at timestamptz not null default now(),
  constraint cursors_block foreign key (network_id, block_hash) references blocks
);
comment on table cursors is
  'The newest block whose effects are all committed. Moved only by compare-and-set, in the transaction that writes those effects.';

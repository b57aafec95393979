-- Run once, when the volume of docker-compose.yml is new. The first part is what `purser database roles` prints.
do $$ begin
  if not exists (select from pg_roles where rolname = 'purser_indexer') then create role purser_indexer nologin; end if;
  if not exists (select from pg_roles where rolname = 'purser_api') then create role purser_api nologin; end if;
end $$;
alter role purser_indexer nosuperuser nobypassrls nocreaterole nocreatedb;
alter role purser_api nosuperuser nobypassrls nocreaterole nocreatedb;

-- As whom the service comes in. Anybody who reaches the port knows these passwords: it is bound to loopback.
create role indexer login password 'indexer' in role purser_indexer;
create role api login password 'api' in role purser_api;

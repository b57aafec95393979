-- Links to exports, of the organisation or of one maker, in the order of their lists.

create index exports_by_creation on exports (organisation_id, created_at, export_id);
create index exports_by_end on exports (organisation_id, expires_at, export_id);
create index exports_of_maker_by_creation on exports (organisation_id, created_by, created_at, export_id);
create index exports_of_maker_by_end on exports (organisation_id, created_by, expires_at, export_id);

import type { Setting } from './setting.ts';

/** Organisations that follow the same accounts as the first. @returns a key of each */
export const addOrganisations = async (
  { database: { sql }, service }: Setting,
  count: number,
): Promise<string[]> => {
  const keys: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const name = `organisation ${number}`;
    await sql`insert into organisations (name) values (${name})`;
    await sql`insert into follows (organisation_id, network_id, account, label, team, cost_centre, source)
      select o.organisation_id, f.network_id, f.account, f.label, f.team, f.cost_centre, 'ADDED'
      from follows f, organisations o where f.organisation_id = 1 and o.name = ${name}`;
    keys.push(await service.keyOf(name));
  }
  await sql`analyze follows`;
  return keys;
};

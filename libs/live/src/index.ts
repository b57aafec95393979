export { ChangeHub, type CommitListener, type HubSettings } from './change-hub.ts';
export { ChangedResolver } from './graphql/changed.resolver.ts';
export { LiveModule } from './live.module.ts';
export type { LivePorts } from './ports.ts';

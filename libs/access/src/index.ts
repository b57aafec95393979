export * from './access.error.ts';
export { type Actor, appendAudit, type AuditEntry } from './audit/append-audit.ts';
export type { AuditHead } from './audit/audit-record.ts';
export { type ChainReport, organisationsWithAudit, verifyAudit } from './audit/audit.repository.ts';
export { type AuditExport, type ExportedAudit, exportAudit } from './audit/file/export-audit.ts';
export { AuditFileUnreadable, type LineFile, type TextLine } from './audit/file/read-audit-file.ts';
export {
  type AuditFileFinding,
  type AuditFileReport,
  verifyAuditFile,
} from './audit/file/verify-audit-file.ts';
export type { AuditFinding } from './audit/verify-chain.ts';
export * from './follows/follow-accounts.ts';
export * from './follows/follow-rules.ts';
export * from './groups/groups.ts';
export { type Asker, CurrentAsker } from './graphql/asker.ts';
export { ACCESS_RESOLVERS, AccessModule } from './graphql/access.module.ts';
export type { PortfolioNetwork, PortfolioPorts } from './graphql/portfolio.ports.ts';
export type { AccessNetwork, AccessPorts, SignInSettings } from './graphql/ports.ts';
export * from './keys/authenticate.ts';
export type { Headers } from './keys/credential.ts';
export * from './keys/demo-keys.ts';
export { askStandings, type StandingCounts } from './import/ask-standings.ts';
export { checkRows, type CheckedRows, type ImportRow } from './import/check-rows.ts';
export { importAccounts } from './import/import-accounts.ts';
export { type AccountsFile, readAccountsFile } from './import/read-accounts-file.ts';
export { canSkip, type RowFault, rowFaultText, wrongLines } from './import/row-fault.ts';
export { parseKey } from './keys/key-format.ts';
export { createKeyHasher, type KeyHasher } from './keys/key-hash.ts';
export { findKeyIn, listKeys, removeEndedSignIns, touchKeys } from './keys/keys.repository.ts';
export * from './keys/manage-keys.ts';
export type { ListedKey, StoredScope } from './keys/stored-key.ts';
export { type KeyWatch, watchKeys } from './keys/watch-keys.ts';
export { type TakeUnits, takeFrom, type UnitAccount } from './limits/take-units.ts';
export { takeUnitsIn } from './limits/units.repository.ts';
export { changeOrganisation } from './organisations/change-organisation.ts';
export * from './organisations/create-organisation.ts';
export * from './organisations/organisation-work.ts';
export {
  addMember,
  disableMember,
  type MemberIdentity,
  type MemberRequest,
} from './members/manage-members.ts';
export { listMembers, type ListedMember, organisationOfMember } from './members/members.repository.ts';
export { membershipsOfSubject } from './members/memberships.repository.ts';
export {
  createTokenAuthenticator,
  ORGANISATION_HEADER,
  type TokenAuthenticator,
} from './oidc/authenticate-token.ts';
export { openKeySource, type OidcSettings } from './oidc/key-source.ts';
export { createTokenVerifier } from './oidc/token-verifier.ts';
export * from './organisations/organisations.repository.ts';
export { ownTimeZone } from './organisations/own-time-zone.ts';
export type { NoteRefusal } from './refusals/refusal.ts';
export { Refusals } from './refusals/refusals.ts';
export { actionOfCredential, type RefusedAction } from './refusals/refused-action.ts';
export { verifyAccountSignature } from './sign-in/verify-account-signature.ts';
export * from './policy/apply-field-policy.ts';
export { FIELD_RULES, type FieldRules } from './policy/field-rules.ts';
export { ROLES_WITH, rightsOf } from './policy/roles.ts';

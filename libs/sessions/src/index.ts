export * from './fold/account-block.ts';
export { eventFact } from './fold/account-facts.ts';
export * from './fold/account-state.ts';
export * from './fold/account-states.repository.ts';
export * from './fold/fold-account-block.ts';
export * from './fold/historic-versions.repository.ts';
export { lifecycleChangeOf } from './fold/lifecycle-change.ts';
export * from './fold/read-facts.ts';
export * from './fold/versions.repository.ts';
export * from './uses/uses.repository.ts';
export { isUseFact, USE_FACT_KINDS } from './uses/use-row.ts';
export { usesProjection } from './uses/uses-projection.ts';
export { sessionProjection } from './project/session-projection.ts';
export {
  type FollowOnRead,
  type ServedNetwork,
  SESSION_READ_PORTS,
  type SessionReadPorts,
} from './read/ports.ts';
export { FindingsResolver } from './watching/findings.resolver.ts';
export type { Finding } from './watching/finding.ts';
export { FindingModel, findingView } from './watching/findings.models.ts';
export { findingsOfKey, watchedRules } from './watching/watched.ts';
export { ChangesResolver } from './read/graphql/changes.resolver.ts';
export type { PolicyPoint, SessionPoint } from './read/changes/changes.repository.ts';
export {
  type PolicyChangeKind,
  policyChangeKinds,
  type SessionChangeKind,
  sessionChangeKinds,
} from './read/changes/change-kinds.ts';
export {
  BudgetStateEnum,
  PolicyChangeKindEnum,
  SessionChangeKindEnum,
  SessionStatusEnum,
} from './read/graphql/enums.ts';
export type { AnswerBlock } from './read/records.ts';
export { sessionStanding, type SessionStatus } from './read/session-status.ts';
export { type NetworkChoice, pickNetwork } from './read/pick-network.ts';
export { ListsResolver } from './read/graphql/lists.resolver.ts';
export { type FindNodes, NodeFinders } from './read/graphql/node-finders.ts';
export { NodeResolver } from './read/graphql/node.resolver.ts';
export { PolicyChange } from './read/graphql/changes.models.ts';
export type { OfToken } from './read/graphql/of-token.ts';
export { SpendingPolicy } from './read/graphql/policy.models.ts';
export { SessionResolver } from './read/graphql/session.resolver.ts';
export { PolicyHistoryEntry, PolicyLimits } from './read/graphql/timeline.models.ts';
export { TimelineResolver } from './read/graphql/timeline.resolver.ts';
export { columnsFor } from './uses/read/use-columns.ts';
export { useListStatement } from './uses/read/uses.statement.ts';
export { sessionLookupStatement } from './read/index-store/session-lookup.statement.ts';
export { UseDebit } from './uses/read/uses.models.ts';
export { UsesResolver } from './uses/read/uses.resolver.ts';
export { SessionsModule } from './read/sessions.module.ts';
export { asOfView } from './read/graphql/views.ts';
export { askIndex, askNode, indexUnavailable } from './read/failures.ts';
export { notFollowed } from './read/policy.reader.ts';
export { QuestionGate } from './read/node/question-gate.ts';
export { budgetStanding, type BudgetState } from './read/policy-status.ts';

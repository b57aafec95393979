import type { Projection } from '#libs/facts';
import { sessionProjection, usesProjection } from '#libs/sessions';
import { spendingProjection } from '#libs/spending';

/** Every read model that is folded from facts: what a rebuild fills and a verification compares. One line each. */
export const projections: readonly Projection[] = [sessionProjection, usesProjection, spendingProjection];

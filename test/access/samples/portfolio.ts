import type { Samples } from '../matrix/sample.ts';

/** Fields of libs/access about what an organisation follows, and how it sorts that. */
export const PORTFOLIO: Samples = {
  'Query.groups': [
    { select: '{ id name accountCount }' },
    { name: 'how many are in them', select: '{ accountCount }' },
  ],
  'Query.followRules': [{ select: '{ id kind network classHash deployer label team costCentre }' }],
};

import { readBoolean } from '../fields.ts';
import { rpcErrors } from '../rpc.error.ts';
import { method, type RpcMethods } from '../rpc-context.ts';

/** What devnet has no method for, or only a narrower one. */
export const sandboxMethods: RpcMethods = {
  /** Makes a block and all before it final; asking again for one that is final answers with an empty list. */
  sandbox_l1Accept: method(['block_number'], ({ chain }, fields) => {
    const number = fields.number('block_number');
    if (number > chain.latest.number) throw rpcErrors.blockNotFound();
    return { accepted: chain.acceptOnL1(number).map(({ hash }) => hash) };
  }),
  /** Lets traces be asked for as of a node that has none, or gives them again. */
  sandbox_withholdTraces: method(['withheld'], (context, fields) => {
    context.traces.withheld = readBoolean(fields.raw('withheld'));
    return { withheld: context.traces.withheld };
  }),
};

import { z } from 'zod';
import {
  encodeCalls,
  encodeOutsideExecutionCall,
  signEcdsa,
  type SignedOutsideExecution,
} from '#libs/account';
import { type Address, parseAddress, parseFelt } from '#libs/felt';
import { serveCommands } from './child-process.ts';
import { connectNode, prepareInvoke, type Sent } from './signer-node.ts';

const funded = z.array(z.looseObject({ address: z.string(), private_key: z.string() })).min(1);

/** Whoever pays the fee of a sponsored payment: the first funded account of the development chain. */
const relay = async (input: {
  readonly rpcUrl: string;
  readonly account: Address;
  readonly signed: SignedOutsideExecution;
}): Promise<Sent> => {
  const node = connectNode(input.rpcUrl);
  const [first] = funded.parse(await node.rpc('devnet_getPredeployedAccounts', {}));
  const sender = parseAddress(first?.address);
  const call = encodeOutsideExecutionCall(input.account, input.signed);
  const transaction = await prepareInvoke(node, sender, encodeCalls([call]));
  const { r, s } = signEcdsa(transaction.hash, parseFelt(first?.private_key));
  return node.sendInvoke(transaction, [r, s]);
};

const commands = { relay };
export type RelayerCommands = typeof commands;

serveCommands(commands);

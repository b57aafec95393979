import {
  contractAddressOf,
  deployAccountV3TransactionHash,
  encodeCalls,
  encodeOwnerCall,
  publicKeyOf,
  signEcdsa,
} from '#libs/account';
import { type Address, type ClassHash, type Felt, feltToHex, type SessionKey, toFelt } from '#libs/felt';
import { serveCommands } from './child-process.ts';
import { BOUNDS, connectNode, newPrivateKey, prepareInvoke, type Sent } from './signer-node.ts';

/** The owner of the account, in a process of its own. The key is made here and stays here. */
const privateKey = newPrivateKey();
const publicKey = publicKeyOf(privateKey);

const deploy = async (input: {
  readonly rpcUrl: string;
  readonly classHash: ClassHash;
  readonly funds: bigint;
}): Promise<Sent & { readonly account: Address }> => {
  const node = connectNode(input.rpcUrl);
  const salt = toFelt(1);
  const constructorCalldata = [publicKey];
  const account = contractAddressOf({ classHash: input.classHash, salt, constructorCalldata, deployer: 0n });
  await node.rpc('devnet_mint', { address: feltToHex(account), amount: Number(input.funds), unit: 'FRI' });
  const transaction = {
    chainId: await node.chainId(),
    classHash: input.classHash,
    salt,
    constructorCalldata,
    nonce: 0n,
    tip: 0n,
    resourceBounds: BOUNDS,
  };
  const { r, s } = signEcdsa(deployAccountV3TransactionHash(transaction), privateKey);
  return { account, ...(await node.sendDeployAccount(transaction, [r, s])) };
};

interface Grant {
  readonly rpcUrl: string;
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly validUntilSeconds: bigint;
  readonly maxCalls: bigint;
  readonly allowedEntrypoints: readonly Felt[];
  readonly token: Address;
  readonly maxPerCall: bigint;
  readonly maxPerWindow: bigint;
  readonly windowSeconds: bigint;
}

/** One transaction of two calls, the policy first: at no moment is there a key without a limit. */
const grant = async (input: Grant): Promise<Sent> => {
  const { account } = input;
  const node = connectNode(input.rpcUrl);
  const calls = [
    encodeOwnerCall(account, { kind: 'SetSpendingPolicy', ...input }),
    encodeOwnerCall(account, { kind: 'AddOrUpdateSessionKey', ...input }),
  ];
  const transaction = await prepareInvoke(node, account, encodeCalls(calls));
  const { r, s } = signEcdsa(transaction.hash, privateKey);
  return node.sendInvoke(transaction, [r, s]);
};

const commands = { deploy, grant };
export type OwnerCommands = typeof commands;

serveCommands(commands);

import type { Json } from './json.ts';

/** An answer of the JSON-RPC error kind: code, message and data as starknet-devnet 0.10.1 gives them. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly retryable = false;
  readonly code: number;
  readonly data: Json | undefined;

  constructor(code: number, message: string, data?: Json) {
    super(message);
    this.code = code;
    this.data = data;
  }

  toJson(): { code: number; message: string; data?: Json } {
    const { code, message, data } = this;
    return data === undefined ? { code, message } : { code, message, data };
  }
}

const of = (code: number, message: string) => (): RpcError => new RpcError(code, message);

/** Every error the sandbox answers with. */
export const rpcErrors = {
  parse: (reason: string) => new RpcError(-32700, 'Parse error', { reason }),
  invalidRequest: of(-32600, 'Invalid request'),
  invalidRequestBecause: (reason: string) => new RpcError(-32600, 'Invalid request', { reason }),
  methodNotFound: of(-32601, 'Method not found'),
  invalidParams: (message: string) => new RpcError(-32602, message),
  internal: (message: string) => new RpcError(-32603, message),
  noTrace: of(10, 'No trace available for transaction'),
  contractNotFound: of(20, 'Contract not found'),
  entrypointNotFound: of(21, 'Requested entrypoint does not exist in the contract'),
  blockNotFound: of(24, 'Block not found'),
  invalidTransactionIndex: of(27, 'Invalid transaction index in a block'),
  classHashNotFound: of(28, 'Class hash not found'),
  transactionNotFound: of(29, 'Transaction hash not found'),
  pageSizeTooBig: of(31, 'Requested page size is too big'),
  invalidContinuationToken: of(33, 'The supplied continuation token is invalid or unknown'),
  tooManyKeys: of(34, 'Too many keys provided in a filter'),
  contractError: (revertError: Json) => new RpcError(40, 'Contract error', { revert_error: revertError }),
  executionError: (transactionIndex: number, executionError: Json) =>
    new RpcError(41, 'Transaction execution error', {
      transaction_index: transactionIndex,
      execution_error: executionError,
    }),
  storageProofNotSupported: of(42, "Devnet doesn't support storage proofs"),
  invalidClass: of(50, 'Invalid contract class'),
  classAlreadyDeclared: of(51, 'Class already declared'),
  invalidNonce: (data: string) => new RpcError(52, 'Invalid transaction nonce', data),
  insufficientResources: of(
    53,
    "The transaction's resources don't cover validation or the minimal transaction fee",
  ),
  insufficientBalance: of(
    54,
    "Account balance is smaller than the transaction's maximal fee (calculated as the sum of each resource's limit x max price)",
  ),
  validationFailed: (reason: string) => new RpcError(55, 'Account validation failed', reason),
  duplicateTransaction: of(59, 'Duplicate transaction'),
  compiledClassHashMismatch: of(
    60,
    'the compiled class hash did not match the one supplied in the transaction',
  ),
  invalidSubscription: of(66, 'Invalid subscription id'),
  tooManyBlocksBack: of(68, 'Cannot go back more than 1024 blocks'),
  /** The code devnet uses where none is defined. */
  wildcard: (message: string, data?: Json) => new RpcError(-1, message, data),
};

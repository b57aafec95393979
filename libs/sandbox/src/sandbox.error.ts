export type SandboxErrorCode = 'CLASSES_INVALID' | 'SNAPSHOT_INVALID' | 'LISTEN_FAILED' | 'SCENARIO_FAILED';

/** What goes wrong in the sandbox itself; answers to clients are RpcErrors. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly retryable = false;
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

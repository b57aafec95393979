/** One thing wrong with the settings. `key` is the name of the environment variable. */
export interface ConfigFault {
  readonly key: string;
  readonly message: string;
}

/** Every fault of the settings at once. The command line exits with 78 (EX_CONFIG) on it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
  readonly retryable = false;
  readonly exitCode = 78;
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(({ key, message }) => `${key}: ${message}`).join('\n'));
    this.faults = faults;
  }
}

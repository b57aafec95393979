/** What the server needs to know; composed by the CLI out of the validated configuration. */
export interface ServerSettings {
  /** A loopback name or address: nothing else is accepted, TLS being the business of what stands before it. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly bodyLimitBytes: number;
  readonly maxQueryDepth: number;
  readonly maxQueryTokens: number;
  readonly maxQueryFields: number;
  /** Not ready while a network is further behind than this. */
  readonly maxLagBlocks: number;
  /** Not ready while there is work and nothing was committed for as long as this. */
  readonly maxStalledSeconds: number;
}

export const DEFAULT_SERVER_SETTINGS: ServerSettings = {
  host: '127.0.0.1',
  port: 3000,
  bodyLimitBytes: 100_000,
  maxQueryDepth: 20,
  maxQueryTokens: 2_000,
  maxQueryFields: 500,
  maxLagBlocks: 20,
  maxStalledSeconds: 120,
};

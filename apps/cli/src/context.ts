import { type Environment, loadSettings, type Settings } from '#libs/config';
import type { Terminal } from './output/terminal.ts';

/** What every command works with. Settings are read when a command needs them: `purser --help` works without. */
export interface CliContext {
  readonly environment: Environment;
  readonly terminal: Terminal;
  readonly settings: () => Settings;
  /** With all that the service needs. @throws ConfigError */
  readonly serviceSettings: () => Settings;
}

export const createContext = (environment: Environment, terminal: Terminal): CliContext => ({
  environment,
  terminal,
  settings: () => loadSettings(environment),
  serviceSettings: () => loadSettings(environment, 'SERVICE'),
});

import { ConfigError, type Environment, loadSettings, type SettingsPurpose } from '../src/index.ts';

/** What is wrong with settings, a line each. */
export const faultsOf = (
  environment: Environment,
  purpose: SettingsPurpose = 'COMMAND',
): readonly string[] => {
  try {
    loadSettings(environment, purpose);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
  return [];
};

/** Which settings are wrong. */
export const keysOf = (environment: Environment, purpose?: SettingsPurpose) =>
  faultsOf(environment, purpose).map((fault) => fault.split(':')[0]);

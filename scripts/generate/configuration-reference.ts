import { configurationReference } from '#libs/config';
import type { Generator } from './generator.ts';

export const configurationReferenceGenerator: Generator = {
  name: 'configuration reference',
  generate: () =>
    Promise.resolve([{ path: 'docs/reference/configuration.md', content: configurationReference() }]),
};

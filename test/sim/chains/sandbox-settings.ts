import { fileURLToPath } from 'node:url';
import { createSandbox, loadArtifactClasses, type Sandbox, type SandboxClass } from '#libs/sandbox';

/** A full hour: `__validate__` sees nothing finer. */
const START_SECONDS = 1_800_000_000;
const ARTIFACTS = fileURLToPath(new URL('../../../contracts/artifacts/', import.meta.url));

let classes: readonly SandboxClass[] | undefined;

/** The chain that all trees grow from: one genesis, so that blocks of any tree can be put back on it. */
export const createEmptyChain = (): Sandbox => {
  classes ??= loadArtifactClasses(ARTIFACTS);
  return createSandbox({
    classes,
    classesAreDeclared: false,
    seed: 1,
    accounts: 3,
    clock: { nowSeconds: () => START_SECONDS },
    startSeconds: START_SECONDS,
    blockGeneration: 'DEMAND',
  });
};

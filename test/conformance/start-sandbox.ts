import { fileURLToPath } from 'node:url';
import { createSandbox, loadArtifactClasses, type SandboxClass } from '#libs/sandbox';
import { createNodeRpc, type NodeSettings, type RunningNode } from '#libs/testing';

const ARTIFACTS = fileURLToPath(new URL('../../contracts/artifacts/', import.meta.url));

/**
 * The sandbox behind a socket, behaving as devnet does where devnet and the network differ.
 * Nothing of our contracts is declared: specs declare them, as on devnet.
 */
export const startSandbox = async (
  settings: NodeSettings & { readonly extraClasses?: readonly SandboxClass[] },
): Promise<RunningNode> => {
  const sandbox = createSandbox({
    classes: [...loadArtifactClasses(ARTIFACTS), ...(settings.extraClasses ?? [])],
    classesAreDeclared: false,
    seed: settings.seed,
    startSeconds: settings.startSeconds,
    accounts: settings.accounts ?? 3,
    blockGeneration: settings.blocks === 'ON_DEMAND' ? 'DEMAND' : 'TRANSACTION',
    behaviour: 'DEVNET',
  });
  const server = await sandbox.listen({ port: 0 });
  return {
    rpc: createNodeRpc('sandbox', server.url),
    webSocketUrl: server.webSocketUrl,
    stop: () => sandbox.close(),
  };
};

import { parseFelt } from '#libs/felt';
import type { ClassRegistry } from '../classes/class-registry.ts';
import { Fields } from './fields.ts';
import type { Json } from './json.ts';
import { rpcErrors } from './rpc.error.ts';

/**
 * Finds the class that a DECLARE brings by comparing programs with the known artefacts: the sandbox executes
 * native contracts only, so a class it has no contract for is refused.
 * @throws RpcError 50 for any other class.
 */
export const identifyClass = (classes: ClassRegistry, contractClass: Json): bigint => {
  const program = new Fields(contractClass).felts('sierra_program').join();
  const known = classes
    .all()
    .find(({ loadArtifact }) => loadArtifact().sierra_program.map(parseFelt).join() === program);
  if (!known) throw rpcErrors.invalidClass();
  return known.classHash;
};

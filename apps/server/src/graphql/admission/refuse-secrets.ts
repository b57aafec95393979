import { type ASTNode, type DocumentNode, Kind, visit } from 'graphql';
import { AdmissionError } from './admission.error.ts';

/**
 * Names under which people send what nobody should ever send: private keys, seed phrases, passwords, PINs. Compared without
 * case and separators, so that `private_key`, `privateKey` and `PRIVATE-KEY` are one.
 */
const SECRET_NAME =
  /^(?:(?:my|owner|guardian|session|signer|account|wallet|user|starknet|encrypted|encryption|raw)*(?:private|secret|signing|encrypted|encryption|encrypt)key(?:hex|felt|pem)?|pk|sk|privkey|(?:seed|secret|recovery|mnemonic|backup)(?:phrase|words?)|seed|mnemonic|secret|(?:user|wallet|my)?pin(?:code)?|pass(?:word|phrase|code)|keystore)$/;

/** A private key by its armour, wherever it stands. */
const ARMOURED = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;

/** Deeper and larger than any input of the schema. */
const MAX_DEPTH = 12;
const MAX_VALUES = 2_000;
const MAX_SHOWN_NAME = 64;

const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(name.replaceAll(/[_\-\s.]/g, '').toLowerCase());

/**
 * Refuses a document that names a secret: as an argument, a member of an input, or a variable. To be called before anything is
 * validated, since messages of validation quote what they refuse.
 * @throws AdmissionError SECRET_REJECTED
 */
export const refuseSecretsOf = (document: DocumentNode): void => {
  const check = (node: ASTNode & { readonly name: { readonly value: string } }): void => {
    if (isSecretName(node.name.value)) throw secretRejected(node.name.value);
  };
  visit(document, {
    [Kind.ARGUMENT]: check,
    [Kind.OBJECT_FIELD]: check,
    [Kind.VARIABLE]: check,
    [Kind.STRING]: ({ value }) => {
      if (ARMOURED.test(value)) throw secretRejected('a text');
    },
  });
};

/**
 * Refuses variables or extensions that name a secret at any depth, that reach for a prototype, or that are deeper or more than any
 * input can be.
 * @throws AdmissionError SECRET_REJECTED or BAD_INPUT
 */
export const refuseSecretsIn = (values: unknown): void => {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value: values, depth: 0 }];
  let left = MAX_VALUES;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && ARMOURED.test(value)) throw secretRejected('a text');
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH)
      throw new AdmissionError('BAD_INPUT', `Values are nested at most ${MAX_DEPTH} deep.`);
    const names = Object.keys(value);
    left -= names.length;
    if (left < 0) throw new AdmissionError('BAD_INPUT', `At most ${MAX_VALUES} values are taken.`);
    for (const name of names) {
      if (!Array.isArray(value)) refuseName(name);
      waiting.push({ value: (value as Readonly<Record<string, unknown>>)[name], depth: depth + 1 });
    }
  }
};

const refuseName = (name: string): void => {
  if (isSecretName(name)) throw secretRejected(name);
  if (name === '__proto__') throw new AdmissionError('BAD_INPUT', 'A value must not name a prototype.');
};

const secretRejected = (name: string): AdmissionError =>
  new AdmissionError(
    'SECRET_REJECTED',
    'A field of the request looks like a secret. Purser never needs one; it was neither kept nor logged.',
    { details: { field: name.slice(0, MAX_SHOWN_NAME) } },
  );

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Environment } from './command-line.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A fenced block of a page, with the exit code that it ends with. */
export interface Block {
  readonly language: 'sh' | 'sql';
  readonly expect: number;
  readonly text: string;
}

/** The fenced blocks of a page by heading: what people read is what runs. */
export const readPage = async (name: string): Promise<ReadonlyMap<string, readonly Block[]>> => {
  const page = await readFile(join(ROOT, 'docs', 'how-to', name), 'utf8');
  return new Map(
    page.split(/^## /m).map((section) => {
      const blocks = [...section.matchAll(/^```(sh|sql)(?: expect=(\d+))?\n(.*?)^```$/gms)].map(
        ([, language, code, text = '']) => ({
          language: language as Block['language'],
          expect: Number(code ?? 0),
          text,
        }),
      );
      return [section.split('\n')[0] ?? '', blocks] as const;
    }),
  );
};

/** Makes `purser` a command of this folder. */
export const installPurser = async (folder: string): Promise<void> => {
  const command = join(folder, 'purser');
  await writeFile(command, `#!/bin/sh\nexec ${process.execPath} ${ROOT}/dist/apps/cli/src/main.js "$@"\n`);
  await chmod(command, 0o755);
};

/** Runs a text as somebody would who pastes it, in the folder where `purser` is. */
export const paste = async (
  folder: string,
  text: string,
  environment: Environment,
): Promise<{ readonly exitCode: number | null; readonly out: string }> => {
  const script = `set -e\npurser() { '${join(folder, 'purser')}' "$@"; }\n${text}`;
  const child = spawn('sh', ['-c', script], { env: environment, cwd: folder });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (out += part.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, out };
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

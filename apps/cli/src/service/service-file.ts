import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const shape = z.object({ pid: z.int().positive(), url: z.url(), sandbox: z.boolean().default(false) });

/** DATA_DIR/service.json: where the other commands find the service that runs here. */
export type ServiceFile = z.output<typeof shape>;

const pathOf = (dataDir: string): string => join(dataDir, 'service.json');

export const writeServiceFile = async (dataDir: string, service: ServiceFile): Promise<void> => {
  await mkdir(dataDir, { recursive: true });
  const part = `${pathOf(dataDir)}.${process.pid}`;
  await writeFile(part, `${JSON.stringify(service)}\n`);
  await rename(part, pathOf(dataDir));
};

export const readServiceFile = async (dataDir: string): Promise<ServiceFile | undefined> => {
  const text = await readFile(pathOf(dataDir), 'utf8').catch(() => '');
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** Takes the file away, unless another process has put its own there. */
export const removeServiceFile = async (dataDir: string): Promise<void> => {
  const current = await readServiceFile(dataDir);
  if (current?.pid === process.pid) await rm(pathOf(dataDir), { force: true });
};

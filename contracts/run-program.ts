import { execFile } from 'node:child_process';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a program to its end. `help` is what the error says first when that does not work. */
export function runProgram(program: string, args: readonly string[], help: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error === null) {
        resolve();
      } else if (error.code === 'ENOENT') {
        reject(new Error(`${help}: ${program} is not installed`));
      } else {
        const output = `${stdout}${stderr}`.trim();
        reject(new Error(`${help}: ${output === '' ? error.message : output}`));
      }
    });
  });
}

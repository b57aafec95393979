import { createContext } from '../../cli/src/context.ts';
import { processTerminal } from '../../cli/src/output/terminal.ts';
import { runProgram } from '../../cli/src/program.ts';

// The service as a container starts it: the same as `purser start`.
const context = createContext(process.env, processTerminal());
process.exitCode = await runProgram(['start', ...process.argv.slice(2)], context);

import { createContext } from './context.ts';
import { processTerminal } from './output/terminal.ts';
import { runProgram } from './program.ts';

process.exitCode = await runProgram(process.argv.slice(2), createContext(process.env, processTerminal()));

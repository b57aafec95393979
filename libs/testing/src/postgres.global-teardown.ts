import { runTeardown } from './test-server.ts';

export default runTeardown;

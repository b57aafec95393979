import { printErrorsPage } from '#libs/api';

// `node dist/apps/server/src/print-errors.js`: the text of docs/reference/errors.md.
process.stdout.write(printErrorsPage());

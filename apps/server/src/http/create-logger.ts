import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino';

const SECRET_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  '*.password',
  '*.secret',
  '*.privateKey',
  '*.encryptedPrivateKey',
  '*.encryptKey',
  '*.token',
  '*.authorization',
  '*.key',
  '*.apiKey',
  '*.url',
];

/** JSON records with the secrets cut out. URLs of nodes and databases carry keys, so no `url` is printed. */
export const createLogger = (level: string, destination?: DestinationStream): Logger => {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    serializers: { err: stdSerializers.errWithCause },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
};

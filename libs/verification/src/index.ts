export * from './digest/compare-digests.ts';
export * from './digest/compute-digests.ts';
export { type DigestExport, parseDigestExport } from './digest/digest-export.ts';
export * from './progress-meter.ts';
export * from './projections.ts';
export * from './rebuild.ts';
export * from './verification.error.ts';
export * from './verify/finding.ts';
export * from './verify/verify-store.ts';

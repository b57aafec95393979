import { SESSION_READ_PORTS, type SessionReadPorts } from '#libs/sessions';
import { type DynamicModule, Module } from '@nestjs/common';
import { VerificationResolver } from './verification.resolver.ts';

/** Incidents and digests over GraphQL. */
@Module({})
export class VerificationModule {
  static of(ports: SessionReadPorts): DynamicModule {
    return {
      module: VerificationModule,
      providers: [{ provide: SESSION_READ_PORTS, useValue: ports }, VerificationResolver],
    };
  }
}

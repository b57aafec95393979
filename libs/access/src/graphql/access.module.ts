import { Module } from '@nestjs/common';
import { ViewerResolver } from './viewer.resolver.ts';

/** Who asks, over GraphQL. The principal comes with the request context of the server. */
@Module({ providers: [ViewerResolver] })
export class AccessModule {}

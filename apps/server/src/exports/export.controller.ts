import { Readable } from 'node:stream';
import { ERROR_CODES, PurserError } from '#libs/api';
import { ExportReader } from '#libs/spending';
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';

const STATUS: Readonly<Record<string, number>> = {
  EXPORT_EXPIRED: 404,
  EXPORT_BUSY: 429,
  INDEX_UNAVAILABLE: 503,
};
const CHUNK_BYTES = 65_536;
const RETRY_AFTER_SECONDS = 30;

/** The link is what lets in: it was made by somebody who may, ends soon, and its use is in the audit log. */
@Controller('exports')
export class ExportController {
  constructor(@Inject(ExportReader) private readonly reader: ExportReader) {}

  @Get(':token')
  async read(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    try {
      const { contentType, fileName, text } = await this.reader.open(token);
      void reply.header('content-disposition', `attachment; filename="${fileName}"`).type(contentType);
      // Taken only as fast as the client takes it; destroyed when the client is gone, which ends the reading.
      await reply.send(Readable.from(text, { objectMode: false, highWaterMark: CHUNK_BYTES }));
    } catch (error) {
      if (!(error instanceof PurserError)) throw error;
      await refuse(reply, error);
    }
  }
}

const refuse = async (reply: FastifyReply, { code, message }: PurserError): Promise<void> => {
  const { retryable } = ERROR_CODES[code];
  if (code === 'EXPORT_BUSY') void reply.header('retry-after', RETRY_AFTER_SECONDS);
  await reply.code(STATUS[code] ?? 500).send({ errors: [{ message, extensions: { code, retryable } }] });
};

import { connect, createServer, type Server, type Socket } from 'node:net';

type CutMode = 'BEFORE_FORWARDING' | 'AFTER_FORWARDING';

export interface TcpProxy {
  readonly port: number;
  /** Breaks the connection at the next packet of the client that holds the text. */
  cutAt(text: string, mode: CutMode): void;
  close(): Promise<void>;
}

/** Stands between a client and a server on loopback, to cut connections at a chosen packet. */
export const startTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let cut: { readonly text: string; readonly mode: CutMode } | undefined;
  const sockets = new Set<Socket>();
  const onClient = (client: Socket): void => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (packet) => {
      if (cut === undefined || !packet.includes(cut.text)) return void upstream.write(packet);
      const { mode } = cut;
      cut = undefined;
      client.destroy();
      if (mode === 'BEFORE_FORWARDING') return void upstream.destroy();
      // Half-closed, so that the server still gets to read what it was sent.
      return void upstream.end(packet);
    });
    upstream.on('data', (packet) => client.destroyed || client.write(packet));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.end());
  };
  const server: Server = createServer(onClient);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    cutAt: (text, mode) => {
      cut = { text, mode };
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

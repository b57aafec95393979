import autocannon from 'autocannon';

/** What is to be asked, over and over, by so many connections. */
export interface Drive {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; left out: as many as are answered. */
  readonly rate?: number;
}

export interface Driven {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly answered: number;
  readonly failed: number;
}

const drive = async (job: Drive): Promise<Driven> => {
  const result = await autocannon({
    url: job.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...job.headers },
    requests: job.bodies.map((body) => ({ body })),
    connections: job.connections,
    duration: job.seconds,
    ...(job.rate !== undefined && { overallRate: job.rate }),
  });
  const { latency, requests, errors, timeouts, non2xx } = result;
  return {
    requestsPerSecond: requests.average,
    ...{ p50Ms: latency.p50, p99Ms: latency.p99, mostMs: latency.max },
    ...{ answered: requests.total, failed: errors + timeouts + non2xx },
  };
};

process.on('message', (job: Drive) => {
  void drive(job).then(
    (driven) => process.send?.({ driven }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});

interface OrderedEvent {
  readonly order: number;
  readonly keys: readonly bigint[];
  readonly data: readonly bigint[];
}

export type EntryPointType = 'EXTERNAL' | 'CONSTRUCTOR';

/** One executed call with everything under it. A failed one keeps its panic data as `result` and no events. */
export interface CallInfo {
  readonly contractAddress: bigint;
  readonly classHash: bigint;
  readonly selector: bigint;
  readonly calldata: readonly bigint[];
  readonly callerAddress: bigint;
  readonly entryPointType: EntryPointType;
  result: readonly bigint[];
  failed: boolean;
  readonly calls: CallInfo[];
  events: OrderedEvent[];
}

export interface EmittedByCall {
  readonly fromAddress: bigint;
  readonly event: OrderedEvent;
}

/** All events under a call in the order of emission. */
export const eventsUnder = (call: CallInfo): EmittedByCall[] =>
  collect(call).sort((left, right) => left.event.order - right.event.order);

const collect = (call: CallInfo): EmittedByCall[] => [
  ...call.events.map((event) => ({ fromAddress: call.contractAddress, event })),
  ...call.calls.flatMap(collect),
];

/** A failed call takes its events and those of everything it called with it. */
export const forgetEvents = (call: CallInfo): void => {
  call.events = [];
  call.calls.forEach(forgetEvents);
};

export const countCalls = (call: CallInfo): number =>
  1 + call.calls.reduce((sum, inner) => sum + countCalls(inner), 0);

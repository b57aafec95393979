import { type NetworkStatus, UNKNOWN_NETWORK_ID } from '#libs/api';

export interface ReadinessLimits {
  readonly maxLagBlocks: number;
  readonly maxStalledSeconds: number;
}

export interface NotReady {
  readonly code:
    | 'DATABASE_UNAVAILABLE'
    | 'API_ROLE_UNSAFE'
    | 'NETWORK_NOT_INDEXED'
    | 'NOTHING_INDEXED'
    | 'HEAD_UNKNOWN'
    | 'STOPPED'
    | 'LAGGING'
    | 'STALLED'
    | 'SHUTTING_DOWN';
  readonly network?: string;
  readonly message: string;
}

/** Why a network is not fit to answer questions about now; nothing where it is. */
export const notReadyReasons = (network: NetworkStatus, limits: ReadinessLimits): NotReady[] => {
  const reasons: NotReady[] = [];
  const because = (code: NotReady['code'], message: string): void => {
    reasons.push({ code, network: network.label, message });
  };
  const { head, indexed, lagBlocks, stalledSeconds } = network;
  if (network.stopped !== undefined) {
    because('STOPPED', `indexing stopped and waits for somebody: ${network.stopped}`);
  }
  if (network.networkId === UNKNOWN_NETWORK_ID) {
    because('NETWORK_NOT_INDEXED', 'no process has begun to index this network yet');
  } else if (indexed === undefined) {
    because('NOTHING_INDEXED', 'no block is indexed yet');
  }
  if (head === undefined) because('HEAD_UNKNOWN', 'no node says where the head is');
  if (lagBlocks !== undefined && lagBlocks > limits.maxLagBlocks) {
    because('LAGGING', `${lagBlocks} blocks behind the head, at most ${limits.maxLagBlocks} allowed`);
  }
  if (stalledSeconds !== undefined && stalledSeconds > limits.maxStalledSeconds) {
    because('STALLED', `no block committed for ${Math.floor(stalledSeconds)} seconds, though there are some`);
  }
  return reasons;
};

import { type Principal, PurserError } from '#libs/api';
import { type FindNodes, NodeFinders } from '#libs/sessions';
import { Inject, Injectable } from '@nestjs/common';
import { rowKeyOf } from '../../reviews/row-id.ts';
import { LedgerReadRepository } from '../ledger-read.repository.ts';
import { debitView, movementView } from './views.ts';

/** Rows of the ledgers by their ids, for `node` and `nodes`. */
@Injectable()
export class LedgerNodes {
  constructor(
    @Inject(LedgerReadRepository) private readonly ledgers: LedgerReadRepository,
    @Inject(NodeFinders) finders: NodeFinders,
  ) {
    finders.add('Debit', this.findDebits);
    finders.add('Movement', this.findMovements);
  }

  private readonly findDebits: FindNodes = async ({ asker, principal, network }, names) => {
    requireSpending(principal);
    const keys = names.map((parts) => rowKeyOf({ kind: 'Debit', parts }));
    const rows = await this.ledgers.findDebits(asker, network.networkId, keys);
    return keys.map(({ account }, at) => {
      const row = rows[at];
      return row && debitView(row, { network, account });
    });
  };

  private readonly findMovements: FindNodes = async ({ asker, principal, network }, names) => {
    requireSpending(principal);
    const keys = names.map((parts) => rowKeyOf({ kind: 'Movement', parts }));
    const rows = await this.ledgers.findMovements(asker, network.networkId, keys);
    return keys.map(({ account }, at) => {
      const row = rows[at];
      return row && movementView(row, { network, account });
    });
  };
}

/** Whether a row is there is told by more than its fields. @throws PurserError FORBIDDEN */
const requireSpending = ({ rights }: Principal): void => {
  if (rights.has('READ_SPENDING')) return;
  throw new PurserError('FORBIDDEN', 'This needs the right READ_SPENDING.', {
    details: { right: 'READ_SPENDING' },
  });
};

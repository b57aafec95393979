/** What became of a debit: the movement that it counted, or why there is none. */
export const DEBIT_CAUSES = {
  MATCHED: 'The tokens moved, as much as was counted.',
  SELF_TRANSFER: 'Counted, and the tokens went from the account to itself.',
  APPROVE_ONLY:
    'An approval was counted: it moves nothing itself, and can be drawn later, also after the key is dead.',
  FAILED_INNER_CALL: 'The inner call failed and the transaction did not: the budget stays debited.',
  ZERO_AMOUNT: 'Nothing was to move.',
  NOT_STANDARD_TRANSFER:
    'The token moved another amount than was asked for (a fee on transfers), or told of none.',
  NO_TRANSFER_SEEN:
    'No transfer followed; the class does not tell whether the call failed, and it was not traced.',
} as const;
export type DebitCause = keyof typeof DEBIT_CAUSES;

/** Which debit a movement belongs to, or why no budget counted it. */
export const MOVEMENT_CAUSES = {
  MATCHED: 'A budget counted it.',
  NOT_STANDARD_TRANSFER: 'Part of what a debited transfer of a token that is not standard moved.',
  SELF_TRANSFER: 'From the account to itself.',
  NO_POLICY: 'A transfer by a session key that has no policy for the token.',
  DEBIT_UNKNOWN:
    'A transfer by a session key of a class whose window rule is not verified: whether it was counted is not claimed.',
  UNCOUNTED_SELECTOR: 'Moved by a session key through a call that no budget counts: transferFrom, a swap.',
  PAYMASTER_REPAYMENT: 'To who sent or forwarded the account’s call from outside.',
  ALLOWANCE_DRAWN: 'The account did nothing in the transaction: somebody drew what it had allowed before.',
  OWNER: 'In a transaction that the owner signed.',
  REFUND: 'Came back in the same transaction, from who got tokens of the account or sent its call.',
  RECEIVED: 'Came in by the same transaction, from somebody else: what a swap gave.',
  UNEXPLAINED: 'Nothing in the transaction says why.',
} as const;
export type MovementCause = keyof typeof MOVEMENT_CAUSES;

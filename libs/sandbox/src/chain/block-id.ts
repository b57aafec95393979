/** How a request names a block. */
export type BlockId =
  | { readonly kind: 'NUMBER'; readonly number: number }
  | { readonly kind: 'HASH'; readonly hash: string }
  | { readonly kind: 'LATEST' }
  | { readonly kind: 'PRE_CONFIRMED' }
  | { readonly kind: 'L1_ACCEPTED' };

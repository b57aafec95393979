const MASK = '***';

/**
 * A URL as it may be shown: scheme and host only. Providers put keys into user names, paths and queries of any form.
 * Text that is no URL is masked whole.
 */
export const maskUrl = (text: string): string => {
  if (!URL.canParse(text)) return MASK;
  const { protocol, host, pathname, search, hash, username, password } = new URL(text);
  const isHidden = pathname.length > 1 || [search, hash, username, password].some((part) => part !== '');
  return `${protocol}//${host}${isHidden ? `/${MASK}` : ''}`;
};

export const maskSecret = (text: string): string => (text === '' ? '' : MASK);

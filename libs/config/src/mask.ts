const MASK = '***';

/**
 * A URL fit for a log: user, password, query and long path segments (providers put keys there) are masked.
 * Text that is no URL is masked whole.
 */
export const maskUrl = (text: string): string => {
  if (!URL.canParse(text)) return MASK;
  const { protocol, username, password, host, pathname, search } = new URL(text);
  const user = username === '' && password === '' ? '' : `${MASK}@`;
  const path = pathname
    .split('/')
    .map((segment) =>
      segment.length >= 16 || /^(?=.*[0-9])(?=.*[a-zA-Z]).{12,}$/.test(segment) ? MASK : segment,
    )
    .join('/');
  return `${protocol}//${user}${host}${path === '/' ? '' : path}${search === '' ? '' : `?${MASK}`}`;
};

export const maskSecret = (text: string): string => (text === '' ? '' : MASK);

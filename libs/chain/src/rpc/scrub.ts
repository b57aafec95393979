/** Removes from a text whatever of the URL may be a key. */
export const scrub = (text: string, url: string): string =>
  secretsOf(url).reduce((clean, secret) => clean.replaceAll(secret, '***'), text);

// Short parts such as /rpc/v0_10 are no keys; hiding them would only make messages unreadable.
const MIN_SECRET_LENGTH = 6;

const secretsOf = (url: string): string[] => {
  const { pathname, searchParams, username, password } = new URL(url);
  const parts = [...pathname.split('/'), ...searchParams.values(), username, password];
  return parts
    .flatMap((part) => [part, decoded(part)])
    .filter(
      (part) => part.length >= MIN_SECRET_LENGTH || (part !== '' && (part === password || part === username)),
    )
    .sort((a, b) => b.length - a.length);
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

/** Gathers what is asked for in one turn of the event loop into one question. One per request, never shared. */
export interface Loader<Key, Value> {
  load(key: Key): Promise<Value>;
}

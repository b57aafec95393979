/** A document with one operation, and what goes into it and comes out of it. */
export interface Operation<Data, Variables> {
  readonly name: string;
  readonly text: string;
  /** Never there: it binds the types to the text. */
  readonly is?: (variables: Variables) => Data;
}

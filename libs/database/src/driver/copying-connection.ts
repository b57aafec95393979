/** What a connection of Kysely's has to have for it. */
export interface CopyingConnection {
  /** COPY ... FROM STDIN of rows in its text format. @returns how many */
  copyIn(text: string, rows: string): Promise<number>;
}

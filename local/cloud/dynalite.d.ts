declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** DynamoDB over HTTP; delays in milliseconds. */
  function dynalite(options: {
    /** LevelDB folder; in memory when not given. */
    readonly path?: string;
    readonly createTableMs: number;
    readonly updateTableMs: number;
    readonly deleteTableMs: number;
  }): Server;

  export = dynalite;
}

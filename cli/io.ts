/** What a command is given of the terminal and the environment; tests give their own. */
export interface Io {
  /** Prints a line of the answer (standard output). */
  print(line: string): void;
  /** Prints a line about what went wrong (standard error). */
  printError(line: string): void;
  /** Whether the answer goes to a person's terminal. */
  readonly isTerminal: boolean;
  /** Whether the answer may have colours: a terminal that has them, and no NO_COLOR. */
  readonly isColoured: boolean;
  /** Characters in a line of the terminal; 80 where there is none. */
  readonly columns: number;
  /** REGISTRY_ENDPOINTS: registries that are reached elsewhere; empty for none. */
  readonly registryEndpoints: string;
}

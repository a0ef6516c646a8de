/** What the embedded registry says no with (OCI distribution-spec, "Error Codes"). */
export class RegistryRefusalError extends Error {
  override readonly name = 'RegistryRefusalError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

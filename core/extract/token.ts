// Far above any real name or version; a name of a megabyte is an attack on whoever prints it.
const TOKEN = /^[!-~]{1,256}$/;

/** Whether a text can be the name, version or architecture of an OS package: printable ASCII without a space. */
export function isToken(text: string | undefined): text is string {
  return text !== undefined && TOKEN.test(text);
}

/** A foreign text for a problem's reason: quoted, escaped and cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

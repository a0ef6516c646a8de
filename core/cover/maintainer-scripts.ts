/**
 * What dpkg runs when it installs or removes a package (Debian Policy, chapter 6): kept beside its lists
 * of files, in which it is not.
 */
const OF_DPKG = /^var\/lib\/dpkg\/info\/[^/]+\.(?:config|postinst|postrm|preinst|prerm)$/;

/** Whether a file came with an OS package as one of its own scripts. */
export function isMaintainerScript(path: string): boolean {
  return OF_DPKG.test(path);
}

import { describe, expect, it } from 'vitest';
import { readOsRelease } from '../../../../core/extract/os-release/read-os-release.ts';
import { buildTree } from '../../../support/build-tree.ts';

describe('readOsRelease', () => {
  it('follows the link that distributions put at etc/os-release', () => {
    const tree = buildTree({
      'etc/os-release': { link: '../usr/lib/os-release' },
      'usr/lib/os-release': 'ID=chainguard\nNAME="chainguard"\nVERSION_ID="20230214"\n',
    });
    expect(readOsRelease(tree)).toEqual({
      distro: { id: 'chainguard', versionId: '20230214', name: 'chainguard' },
      path: 'usr/lib/os-release',
      problems: [],
    });
  });

  it('prefers etc/os-release when both are files', () => {
    const tree = buildTree({
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3',
      'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"',
    });
    expect(readOsRelease(tree).distro).toMatchObject({ id: 'alpine', versionId: '3.20.3' });
  });

  it.each([
    ['NAME="a \\"b\\" \\$c \\\\ \\`d\\`"', 'a "b" $c \\ `d`'],
    ['NAME=\'it is \\n "so"\'', 'it is \\n "so"'],
    ['NAME=plain', 'plain'],
    ['NAME=', 'Linux'],
    ['NAME=first\nNAME=second', 'second'],
    ['# NAME=comment', 'Linux'],
    ['NAME="crlf"\r', 'crlf'],
  ])('reads %j', (line, name) => {
    const { distro, problems } = readOsRelease(buildTree({ 'etc/os-release': `ID=x\n${line}\n` }));
    expect(distro?.name).toBe(name);
    expect(problems).toEqual([]);
  });

  it('calls a system without an ID linux, as the manual says', () => {
    expect(readOsRelease(buildTree({ 'etc/os-release': 'NAME=x\n' })).distro?.id).toBe('linux');
  });

  it('knows no distribution without the file', () => {
    expect(readOsRelease(buildTree({ 'app/main': '' }))).toEqual({
      distro: null,
      path: null,
      problems: [],
    });
  });

  it('tells of a link to nothing and reads the other place', () => {
    const { distro, problems } = readOsRelease(
      buildTree({
        'etc/os-release': { link: '/nowhere' },
        'usr/lib/os-release': 'ID=wolfi\n',
      }),
    );
    expect(distro?.id).toBe('wolfi');
    expect(problems).toEqual([{ path: 'etc/os-release', reason: 'a link that leads to no file' }]);
  });

  it.each([
    ['ID="two words"\n', 'malformed ID: "two words"'],
    ['ID=x\nNAME="open\n', 'no assignment: "NAME=\\"open"'],
    ['ID=x\nVERSION_ID="1 2"\n', 'malformed VERSION_ID: "1 2"'],
  ])('tells what it could not read in %j', (text, reason) => {
    const { problems } = readOsRelease(buildTree({ 'etc/os-release': text }));
    expect(problems).toEqual([{ path: 'etc/os-release', reason }]);
  });

  it('tells of a file whose content was not kept', () => {
    const { distro, problems } = readOsRelease(buildTree({ 'etc/os-release': { kept: false } }));
    expect(distro).toBeNull();
    expect(problems).toEqual([{ path: 'etc/os-release', reason: 'its content was not kept' }]);
  });
});

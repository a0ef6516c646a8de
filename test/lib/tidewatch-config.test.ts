import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../core/alert/policy.ts';
import { feedsOf } from '../../lib/feeds-config.ts';
import { defineConfig, InvalidConfigError } from '../../lib/tidewatch-config.ts';
import config from '../../tidewatch.config.ts';

const WEB = { workload: 'vm/web', container: 'web', image: 'r.test/web:1' };

describe('defineConfig', () => {
  it('fills in what is left out, as the shipped configuration says it', () => {
    expect(defineConfig({})).toEqual(config);
    expect(config.alerts).toEqual({ ...DEFAULT_POLICY, quietNight: true });
  });

  it.each([
    'r.test/web:1',
    `r.test/web:1@sha256:${'a'.repeat(64)}`,
    `r.test/a/b@sha256:${'a'.repeat(64)}`,
  ])('takes %s for what runs, on the usual platform', (image) => {
    expect(defineConfig({ deployments: [{ ...WEB, image }] }).deployments).toEqual([
      { ...WEB, image, platform: 'linux/amd64' },
    ]);
  });

  it.each([
    ['nightAt', { nightAt: '24:00' }],
    ['nightAt', { nightAt: '2:00' }],
    ['watchedTags[0]', { watchedTags: ['python:latest'] }],
    ['watchedTags[0]', { watchedTags: ['cgr.dev/chainguard/python'] }],
    ['watchedTags[0]', { watchedTags: ['cgr.dev/a:1,cgr.dev/b:1'] }],
    ['backfillDays', { backfillDays: -1 }],
    ['backfillDays', { backfillDays: 1.5 }],
    ['backfillDays', { backfillDays: 4000 }],
    ['alerts.disclosed', { alerts: { disclosed: 'severe' } }],
    ['orchestrators', { orchestrators: { nomad: true } }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'web:1' }] }],
    ['deployments[0].image', { deployments: [{ ...WEB, image: 'r.test/web' }] }],
    ['deployments[0].workload', { deployments: [{ ...WEB, workload: 'a|b' }] }],
    ['deployments[0].platform', { deployments: [{ ...WEB, platform: 'amd64' }] }],
    ['once', { deployments: [WEB, { ...WEB, image: 'r.test/web:2' }] }],
    [
      '3000 bytes',
      { deployments: Array.from({ length: 50 }, (_, n) => ({ ...WEB, workload: `vm/${n}` })) },
    ],
    ['nightTime', { nightTime: '02:00' }],
    ['feeds.osv.ecosystems', { feeds: { osv: { ecosystems: [] } } }],
    ['feeds.osv.ecosystems', { feeds: { osv: { ecosystems: ['PyPI', 'pypi'] } } }],
    ['feeds.osv.ecosystems[0]', { feeds: { osv: { ecosystems: ['Debian:13'] } } }],
    [
      'feeds.osv.mirror',
      { feeds: { osv: { ecosystems: ['PyPI'], mirror: 'http://mirror.test' } } },
    ],
    ['feeds.osv.controls', { feeds: { osv: { ecosystems: ['PyPI'], controls: { npm: 'A' } } } }],
    [
      'feeds.chainguard.mirror',
      { feeds: { chainguard: { acceptLicence: true, mirror: 'https://mirror.test/osv' } } },
    ],
    [
      'feeds.chainguard.mirror',
      { feeds: { chainguard: { acceptLicence: true, mirror: 'https://me:pw@mirror.test/a.tgz' } } },
    ],
    ['feeds.github', { feeds: { github: {} } }],
  ])('names %s in %j', (name, wrong) => {
    const define = () => defineConfig(wrong as Parameters<typeof defineConfig>[0]);

    expect(define).toThrow(InvalidConfigError);
    expect(define).toThrow(name.replace(/^feeds\.github$/, 'github'));
  });

  // What a person gets wrong, and all that he is told of it.
  it.each([
    [{ nightAt: '2am' }, 'nightAt: expected HH:MM, got "2am"'],
    [{ nightAt: 2 }, 'nightAt: expected string, got 2'],
    [
      { nightTimeZone: 'CET+1' },
      'nightTimeZone: expected a time zone of IANA, such as Europe/Berlin, got "CET+1"',
    ],
    [
      { nightTimeZone: 'europe/berlin' },
      'nightTimeZone: expected a time zone of IANA, such as Europe/Berlin, got "europe/berlin"',
    ],
    [{ nightWindowMinutes: 900 }, 'nightWindowMinutes: expected 0 to 240 minutes, got 900'],
    [{ nightWindowMinutes: 1.5 }, 'nightWindowMinutes: expected int, got 1.5'],
    [{ nightWindowMinutes: '15' }, 'nightWindowMinutes: expected number, got "15"'],
    [
      { watchedTags: ['cgr.dev/a/b:1', 'python:latest'] },
      'watchedTags[1]: expected registry/repository:tag, got "python:latest"',
    ],
    [{ watchedTags: 'cgr.dev/a/b:1' }, 'watchedTags: expected array, got "cgr.dev/a/b:1"'],
    [{ orchestrators: { ecs: 'yes' } }, 'orchestrators.ecs: expected boolean, got "yes"'],
    [
      { deployments: [{ workload: 'vm/web', container: 'web' }] },
      'deployments[0].image: expected string, got nothing',
    ],
    [
      { alerts: { disclosed: 'severe' } },
      'alerts.disclosed: expected one of "critical"|"high"|"medium"|"low", got "severe"',
    ],
    [
      { alerts: { quietnight: true } },
      'alerts.quietnight: no such setting, expected one of disclosed, regression, quietNight',
    ],
    [{ alerts: { quietNight: 'no' } }, 'alerts.quietNight: expected boolean, got "no"'],
    [
      { slack: { workspaceId: 'acme', channelId: 'C0123ABCD' } },
      'slack.workspaceId: expected a workspace\'s id, T…, got "acme"',
    ],
    [
      { slack: { workspaceId: 'T0123ABCD', channelId: '#alerts' } },
      'slack.channelId: expected a channel\'s id, C… or G…, got "#alerts"',
    ],
    [{ slack: { workspaceId: 'T0123ABCD' } }, 'slack.channelId: expected string, got nothing'],
    [
      { alarms: { subscribers: ['slack'] } },
      'alarms.subscribers[0]: expected one of "people"|"operations"|"machines", got "slack"',
    ],
    [{ alarms: { incompleteNights: 0 } }, 'alarms.incompleteNights: expected 1 to 7 nights, got 0'],
    [{ retention: { runDays: 7 } }, 'retention.runDays: expected 35 days at least, got 7'],
    [{ retention: { logDays: 42 } }, /^retention\.logDays: expected one of 1\|3\|5\|.*, got 42$/],
    [
      { data: { onDelete: 'delete' } },
      "data.deletionProtection: expected deletionProtection: false beside onDelete: 'delete', got nothing",
    ],
    [
      { feeds: { osv: { ecosystems: ['Debian:13'] } } },
      'feeds.osv.ecosystems[0]: expected an ecosystem of osv.dev, without its release, got "Debian:13"',
    ],
    [{ feeds: { github: {} } }, 'feeds.github: no such setting, expected one of osv, chainguard'],
    [
      { deployments: [{ ...WEB, tag: '1' }] },
      'deployments[0].tag: no such setting, expected one of workload, container, image, platform',
    ],
    [null, 'config: expected object, got null'],
  ])('says of %j in one line what is allowed', (wrong, line) => {
    const [title, ...lines] = messageOf(wrong).split('\n');

    expect(title).toBe('bad configuration:');
    expect(lines).toHaveLength(1);
    if (line instanceof RegExp) expect(lines[0]?.trim()).toMatch(line);
    else expect(lines[0]).toBe(`  ${line}`);
  });

  it('names every mistake at once, and cuts what is long', () => {
    const lines = messageOf({ nightAt: 'x'.repeat(500), night: 1, slack: true }).split('\n');

    expect(lines).toHaveLength(4);
    expect(Math.max(...lines.slice(1, 3).map((line) => line.length))).toBeLessThan(120);
  });

  it.each([{}, { acceptLicence: false }])(
    'enables no feed whose terms are not accepted: %j',
    (chainguard) => {
      const define = () =>
        defineConfig({ feeds: { chainguard } } as Parameters<typeof defineConfig>[0]);

      expect(define).toThrow(InvalidConfigError);
      expect(define).toThrow('https://github.com/wolfi-dev/advisories/blob/main/LICENSE');
      expect(define).toThrow('acceptLicence: true');
    },
  );
});

/** What is said of a configuration that is wrong. */
function messageOf(wrong: unknown): string {
  try {
    defineConfig(wrong as Parameters<typeof defineConfig>[0]);
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing is wrong');
}

describe('the feeds of a configuration', () => {
  it('are none unless they are enabled', () => {
    expect(feedsOf(config.feeds)).toEqual([]);
  });

  it('are one for each ecosystem of osv.dev, and Chainguard’s', () => {
    const { feeds } = defineConfig({
      feeds: {
        osv: { ecosystems: ['PyPI', 'Azure Linux'], controls: { PyPI: 'PYSEC-0000-1' } },
        chainguard: { acceptLicence: true },
      },
    });
    const bucket = 'https://osv-vulnerabilities.storage.googleapis.com';
    expect(feedsOf(feeds)).toEqual([
      { name: 'osv-pypi', url: `${bucket}/PyPI/all.zip`, control: 'PYSEC-0000-1' },
      { name: 'osv-azure-linux', url: `${bucket}/Azure%20Linux/all.zip`, control: null },
      {
        name: 'chainguard',
        url: 'https://advisories.cgr.dev/chainguard/v3/osv/chainguard-osv.tar.gz',
        control: null,
      },
    ]);
  });

  it('are read from their mirrors', () => {
    const { feeds } = defineConfig({
      feeds: {
        osv: { ecosystems: ['PyPI'], mirror: 'https://mirror.test/osv/' },
        chainguard: {
          acceptLicence: true,
          mirror: 'https://mirror.test/cg.tgz',
          control: 'CGA-0000-0000-0000',
        },
      },
    });
    expect(feedsOf(feeds)).toEqual([
      { name: 'osv-pypi', url: 'https://mirror.test/osv/PyPI/all.zip', control: null },
      { name: 'chainguard', url: 'https://mirror.test/cg.tgz', control: 'CGA-0000-0000-0000' },
    ]);
  });
});

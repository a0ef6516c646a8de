import type { WrittenEvent } from '../world/world-event.ts';

const APP = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:latest';
const CONTAINER = 'app';
/** A pipeline that builds an hour after its base moved, and deploys what it built. */
const BUILD_AFTER = 60 * 60 * 1000;
const DEPLOY_AFTER = 70 * 60 * 1000;

/**
 * An application that is rebuilt on its base after each move, and deployed to two
 * workloads: on the first of the platforms and on the last.
 *
 * @param moves when the base's tag moved
 */
export function appEvents(
  base: string,
  platforms: readonly string[],
  moves: readonly string[],
): WrittenEvent[] {
  const workloads = [
    { workload: 'ecs/shop/web', platform: platforms[0] },
    { workload: 'ecs/shop/worker', platform: platforms.at(-1) },
  ];
  return moves.flatMap((at): WrittenEvent[] => [
    {
      at: later(at, BUILD_AFTER),
      do: 'push',
      image: APP,
      platforms: Object.fromEntries(platforms.map((name) => [name, appPlatform(base)])),
    },
    ...workloads.map(
      ({ workload, platform }): WrittenEvent => ({
        at: later(at, DEPLOY_AFTER),
        do: 'deploy',
        workload,
        container: CONTAINER,
        image: APP,
        platform,
      }),
    ),
  ]);
}

function appPlatform(base: string) {
  return {
    base,
    layers: [{ files: { 'app/main.py': 'print("open for business")\n' } }],
    config: {
      User: '65532',
      Env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin',
        'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
      ],
      Entrypoint: ['/usr/bin/python', '/app/main.py'],
    },
  };
}

function later(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) + milliseconds).toISOString();
}

import { type EcrRegistry, ecrRegistriesOf, registriesAt } from './elsewhere-config.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

/** Registries of ECR, besides the stack's own, from which images come that run or are watched. */
export function otherRegistriesOf(config: TidewatchConfig): EcrRegistry[] {
  const images = [...config.watchedTags, ...config.deployments.map(({ image }) => image)];
  return [
    ...registriesAt(config.elsewhere),
    ...ecrRegistriesOf([...config.ecrRegistries, ...images]),
  ];
}

/** `eu-west-1`, `us-gov-east-1`, `ap-southeast-7`: how AWS names regions, new ones too. */
const NAME = '[a-z]{2,4}(?:-[a-z]+)?-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9]';

/** A region's name. */
export const REGION = new RegExp(`^${NAME}$`);

/** Whether AWS might call a region so. */
export function isRegionName(text: string): boolean {
  return REGION.test(text);
}

const ECR = new RegExp(
  `^\\d{12}\\.dkr\\.ecr(?:-fips)?\\.(?<region>${NAME})\\.amazonaws\\.com(?<china>\\.cn)?$`,
);

/** Whether a host is a registry of ECR: `<account>.dkr.ecr.<region>.amazonaws.com`, in China with `.cn` behind it. */
export function isEcrHost(host: string): boolean {
  const { region, china } = ECR.exec(host)?.groups ?? {};
  return region !== undefined && region.startsWith('cn-') === (china !== undefined);
}

/** The region of a host of ECR, or of an image that lies there; `undefined` of any other. */
export function regionOfEcr(image: string): string | undefined {
  const [host = ''] = image.split('/');
  return ECR.exec(host)?.groups?.region;
}

/** Whether the host of an image is one of ECR as soon as it looks like one. */
export function hasSoundHost(image: string): boolean {
  const [host = ''] = image.split('/');
  return !/\.dkr\.ecr\b/.test(host) || isEcrHost(host);
}

export const EXPECTED_ECR_HOST = 'expected <account>.dkr.ecr.<region>.amazonaws.com';

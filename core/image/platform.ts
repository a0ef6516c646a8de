/** The platform of an image, as OCI writes it in an index or a config. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** `os/architecture[/variant]`; arm64's only variant, v8, is left out as containerd does. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  const silent = !variant || (architecture === 'arm64' && variant === 'v8');
  return silent ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

import type { Node, Pod } from './pod.ts';

/** Labels that every node has (Kubernetes Reference, Well-Known Labels). */
const ARCHITECTURE = 'kubernetes.io/arch';
const SYSTEM = 'kubernetes.io/os';

/** Platforms of nodes by their names, as Go and OCI write them: `linux/arm64`. */
export function platformsOf(nodes: readonly Node[]): ReadonlyMap<string, string> {
  return new Map(
    nodes.map(({ metadata, status: { nodeInfo } }) => [
      metadata.name,
      `${nodeInfo.operatingSystem}/${nodeInfo.architecture}`,
    ]),
  );
}

/** The platform of the node that a pod is on, else the only one that it lets itself be put on. */
export function platformOf({ spec }: Pod, nodes: ReadonlyMap<string, string>): string | undefined {
  const node = nodes.get(spec.nodeName ?? '');
  if (node) return node;
  const architecture = wanted(spec, ARCHITECTURE);
  return architecture && `${wanted(spec, SYSTEM) ?? 'linux'}/${architecture}`;
}

/** The one value of a label that all nodes for it must have. */
function wanted({ nodeSelector, affinity }: Pod['spec'], label: string): string | undefined {
  const selected = nodeSelector?.[label];
  if (selected) return selected;
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  // One of the terms has to hold, and all of a term's expressions.
  const values = terms?.map(({ matchExpressions }) => {
    const expression = matchExpressions?.find(({ key }) => key === label);
    return expression?.operator === 'In' ? (expression.values ?? []) : [];
  });
  const distinct = new Set(values?.flat());
  const isSaidByAll = values?.every((each) => each.length === 1) && distinct.size === 1;
  return isSaidByAll ? [...distinct][0] : undefined;
}

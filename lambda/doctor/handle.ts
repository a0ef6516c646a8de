import { type ExaminePorts, examine } from '../../actions/examine.ts';
import type { Log } from '../../actions/ports.ts';
import type { Diagnosis } from '../../core/diagnosis/check-line.ts';

export type DoctorPorts = ExaminePorts & { readonly log: Log };

/** Examines the installation: asked by hand, and by CloudFormation's event after each deployment. */
export function handleDoctor(ports: DoctorPorts) {
  return async (): Promise<Diagnosis> => {
    const functions = await examine(ports);
    for (const { function: name, lines } of functions) {
      for (const { ok, ...line } of lines) {
        if (!ok) ports.log.warn('check failed', { function: name, ...line });
      }
    }
    return { functions: [...functions] };
  };
}

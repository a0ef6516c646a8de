import { type Delivered, type DeliverPorts, deliverAlerts } from '../../actions/deliver-alerts.ts';

/** Delivers all that is pending: every few minutes, and as the night's step. */
export function handleDeliverAlerts(ports: DeliverPorts) {
  return (): Promise<Delivered> => deliverAlerts(ports);
}

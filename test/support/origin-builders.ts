import { createFleetOrigins, type FleetOrigins } from '../../core/base/fleet-origins.ts';
import type { Origins } from '../../core/base/origin.ts';

const NOTHING: Origins = { tags: [], images: [], findings: {}, judgedBy: '' };

/** A fleet of which nobody knows where it comes from. */
export const NO_ORIGINS: FleetOrigins = createFleetOrigins(NOTHING, [], []);

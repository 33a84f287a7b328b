import type { ContainmentFacts } from '../core/audit-event.js';

/** `phantom.response.containment.*`: what was done to the process. */
export function containmentFields({ step, by, heldMs, captured }: ContainmentFacts): object {
  return {
    containment: {
      step,
      by,
      ...(heldMs !== undefined && { held_ms: Math.round(heldMs * 10) / 10 }),
      ...(captured !== undefined && { captured }),
    },
  };
}

/** CLK_TCK is 100 in the kernel's user ABI on every architecture that Node runs on (USER_HZ). */
export const nsPerTick = 10_000_000n;

/**
 * Whether two start times are of the same process: /proc rounds `start_boottime` down to a tick
 * (fs/proc/array.c, nsec_to_clock_t), the kernel's probes do not.
 */
export function sameStart(one: bigint, other: bigint): boolean {
  return one / nsPerTick === other / nsPerTick;
}

import type { Neighbour } from './trap-kind.js';

// A history that visits a thousand traps, or a README that names them, would be told by its length alone.
const mostNear = 16;
const mostFar = 8;

/**
 * For each path the traps that a file there may lead to: all of them where they are few, else those whose paths
 * are next to it and some of the others, spread evenly. The path itself is among them.
 */
export function nearTraps(all: readonly Neighbour[]): (path: string) => readonly Neighbour[] {
  if (all.length <= mostNear + mostFar) return () => all;
  const sorted = [...all].sort((one, other) => (one.path < other.path ? -1 : 1));
  const places = new Map(sorted.map(({ path }, place) => [path, place]));
  return (path) => {
    const first = Math.min(Math.max(0, (places.get(path) ?? 0) - mostNear / 2), all.length - mostNear);
    const near = sorted.slice(first, first + mostNear);
    const step = (all.length - mostNear) / mostFar;
    const far = Array.from({ length: mostFar }, (_, index) => {
      const place = Math.floor(index * step);
      return sorted[place < first ? place : place + mostNear] as Neighbour;
    });
    return [...near, ...far];
  };
}

import type { Trap } from '../../core/trap.js';

/** Id of the daemon's own probe. */
export const probeSlot = 1;

export type Slot =
  | { readonly kind: 'trap'; readonly id: number; readonly trap: Trap }
  /** A folder that holds traps; the first of them stands for it. */
  | { readonly kind: 'folder'; readonly id: number; readonly path: string; readonly traps: Set<Trap> };

/** Which number stands for what in the marks of one run. Numbers are never used again. */
export class Slots {
  readonly #byId = new Map<number, Slot>();
  readonly #byTrap = new Map<string, Slot & { kind: 'trap' }>();
  readonly #byFolder = new Map<string, Slot & { kind: 'folder' }>();
  #last = probeSlot;

  of(id: number): Slot | undefined {
    return this.#byId.get(id);
  }

  ofTrap(trapId: string): (Slot & { kind: 'trap' }) | undefined {
    return this.#byTrap.get(trapId);
  }

  addTrap(trap: Trap): Slot & { kind: 'trap' } {
    const slot = { kind: 'trap', id: this.#next(), trap } as const;
    this.#byId.set(slot.id, slot);
    this.#byTrap.set(trap.id, slot);
    return slot;
  }

  /** The trap's folder, and whether it is new. */
  addFolder(trap: Trap): { slot: Slot & { kind: 'folder' }; isNew: boolean } {
    const path = folderOf(trap);
    const known = this.#byFolder.get(path);
    if (known !== undefined) {
      known.traps.add(trap);
      return { slot: known, isNew: false };
    }
    const slot = { kind: 'folder', id: this.#next(), path, traps: new Set([trap]) } as const;
    this.#byId.set(slot.id, slot);
    this.#byFolder.set(path, slot);
    return { slot, isNew: true };
  }

  /** What stands for nothing any more once this trap is not there. */
  leaving({ trap, id }: Slot & { kind: 'trap' }): number[] {
    const folder = this.#byFolder.get(folderOf(trap));
    folder?.traps.delete(trap);
    return folder?.traps.size === 0 ? [id, folder.id] : [id];
  }

  forget(id: number): void {
    const slot = this.#byId.get(id);
    this.#byId.delete(id);
    if (slot?.kind === 'trap' && this.#byTrap.get(slot.trap.id) === slot) this.#byTrap.delete(slot.trap.id);
    if (slot?.kind === 'folder' && this.#byFolder.get(slot.path) === slot) this.#byFolder.delete(slot.path);
  }

  #next(): number {
    this.#last += 1;
    return this.#last;
  }
}

/** Both are printable paths: a slash stands for itself in them. */
function folderOf({ path }: Trap): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

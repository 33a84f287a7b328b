import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromPrintable, toPrintable } from '../../core/printable.js';
import type { Trap } from '../../core/trap.js';
import { firstTrapSlot, maxSlot } from './registration.js';

/** What stands behind a number in the kernel's maps and marks. */
export interface Slot {
  readonly number: number;
  /** Of a folder that holds nothing but traps one is told by its first trap. */
  readonly kind: 'file' | 'folder';
  readonly trap: Trap;
  readonly path: string;
  /** Where the file lies until it gets its name; printable, as `path`. */
  readonly nowAt?: string;
}

/** So long after the script forgot a slot nothing that happened there comes any more, in ms. */
const restMs = 60_000;

/** Which trap, or folder of traps, has which slot. A number is used again when it has been free for long. */
export class TrapSlots {
  readonly #slots = new Map<number, Slot>();
  readonly #slotOfTrap = new Map<string, number>();
  readonly #slotOfFolder = new Map<string, number>();
  /** Removed, but perhaps not in the kernel's map yet. */
  readonly #leaving = new Set<number>();
  readonly #removed = new Map<number, Slot>();
  /** Since when (ms) the kernel knows nothing of these, oldest first. */
  readonly #free = new Map<number, number>();
  readonly #nowMs: () => number;
  #next = firstTrapSlot;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @throws RangeError when the kernel's maps have no room for them */
  add(traps: readonly Trap[], nowAt?: (trap: Trap) => string): Slot[] {
    const added = traps
      .filter((trap) => !this.#slotOfTrap.has(trap.id))
      .map((trap) => {
        const slot = this.#take('file', trap, trap.path);
        this.#slotOfTrap.set(trap.id, slot.number);
        return nowAt === undefined ? slot : { ...slot, nowAt: nowAt(trap) };
      });
    return [...added, ...this.#addFolders(added)];
  }

  remove(traps: readonly Trap[]): Slot[] {
    const removed = traps.flatMap((trap) => {
      const slot = this.#slots.get(this.#slotOfTrap.get(trap.id) ?? 0);
      return slot === undefined ? [] : [slot];
    });
    for (const { number, trap } of removed) {
      this.#slots.delete(number);
      this.#slotOfTrap.delete(trap.id);
    }
    const all = [...removed, ...this.#removeFolders()];
    for (const slot of all) {
      this.#leaving.add(slot.number);
      this.#removed.set(slot.number, slot);
    }
    return all;
  }

  /** Removed slots that a script may still know. */
  get leaving(): readonly Pick<Slot, 'number'>[] {
    return [...this.#leaving].map((number) => ({ number }));
  }

  /** The script has forgotten this slot. */
  forgotten(number: number): void {
    if (this.#leaving.delete(number)) this.#free.set(number, this.#nowMs());
  }

  get(number: number): Slot | undefined {
    return this.#slots.get(number);
  }

  /** The same for a slot that was removed: what was seen until then may be told a heartbeat later. */
  getLate(number: number): Slot | undefined {
    return this.#slots.get(number) ?? this.#removed.get(number);
  }

  /** @throws RangeError when there is no room for so many more */
  expect(coming: number): void {
    if (this.#next + coming > maxSlot + 1) throw tooMany();
  }

  get all(): readonly Slot[] {
    return [...this.#slots.values()];
  }

  #take(kind: Slot['kind'], trap: Trap, path: string): Slot {
    const slot = { number: this.#takeNumber(), kind, trap, path };
    this.#slots.set(slot.number, slot);
    return slot;
  }

  #takeNumber(): number {
    const [oldest] = this.#free;
    if (oldest !== undefined && this.#nowMs() - oldest[1] >= restMs) {
      this.#free.delete(oldest[0]);
      this.#removed.delete(oldest[0]);
      return oldest[0];
    }
    if (this.#next > maxSlot) throw tooMany();
    this.#next += 1;
    return this.#next - 1;
  }

  #addFolders(added: readonly Slot[]): Slot[] {
    const paths = new Set(this.all.filter(({ kind }) => kind === 'file').map(({ path }) => path));
    for (const { nowAt } of added) if (nowAt !== undefined) paths.add(nowAt);
    const first = new Map<string, Trap>();
    for (const { trap, path } of added) if (!first.has(dirname(path))) first.set(dirname(path), trap);
    const folders: Slot[] = [];
    for (const [folder, trap] of first) {
      if (this.#slotOfFolder.has(folder) || !holdsOnly(folder, paths)) continue;
      const slot = this.#take('folder', trap, folder);
      this.#slotOfFolder.set(folder, slot.number);
      folders.push(slot);
    }
    return folders;
  }

  /** Folders whose representative is gone: another trap of theirs must stand for them. */
  #removeFolders(): Slot[] {
    const removed: Slot[] = [];
    for (const [folder, number] of this.#slotOfFolder) {
      const slot = this.#slots.get(number) as Slot;
      if (this.#slotOfTrap.has(slot.trap.id)) continue;
      const heir = this.all.find(({ kind, path }) => kind === 'file' && dirname(path) === folder);
      if (heir !== undefined) {
        this.#slots.set(number, { ...slot, trap: heir.trap });
        continue;
      }
      this.#slots.delete(number);
      this.#slotOfFolder.delete(folder);
      removed.push(slot);
    }
    return removed;
  }
}

/** Looking into a folder is only a touch where there is nothing else to look for. */
function holdsOnly(folder: string, paths: ReadonlySet<string>): boolean {
  try {
    const entries = readdirSync(Buffer.from(fromPrintable(folder)), { encoding: 'buffer' });
    return entries.every((entry) => paths.has(`${folder}/${toPrintable(entry)}`));
  } catch {
    return false;
  }
}

function tooMany(): RangeError {
  return new RangeError(`more than ${maxSlot - firstTrapSlot} traps at a time`);
}

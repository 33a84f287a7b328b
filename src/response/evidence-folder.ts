import { lstat, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EvidenceContent, EvidenceStore } from '../core/ports/evidence-store.js';
import { completeRecordings } from './cut-off-recordings.js';
import { ensurePrivateFolder, syncFolder, writeNewFile } from './durable-file.js';
import { EvidenceLedger, largeFrom, occupied } from './evidence-ledger.js';
import { listInManifest, manifestLineBytes } from './evidence-manifest.js';
import { checkedIncidentId, manifestName, nameParts } from './evidence-name.js';
import { bytesBelow, removedName, removeRest, scanEvidence } from './evidence-scan.js';
import { noteOmitted, type Omitted } from './omitted-list.js';
import { GrowingEvidence } from './session-evidence.js';

export interface EvidenceFolderOptions {
  readonly stateDir: string;
  /** Most bytes that one incident occupies, counted in blocks of 4,096; no bound when absent. */
  readonly incidentBytes?: number;
  /** Most bytes that all incidents occupy together; no bound when absent. */
  readonly totalBytes?: number;
  /** The evidence of an incident, all of it, was removed to make room. Must not throw. */
  readonly removed?: (incidentId: string, bytes: number) => void;
  /** A recording that a killed daemon had left open was ended. Must not throw. */
  readonly completed?: (incidentId: string, name: string) => void;
}

/**
 * Evidence as files: `<stateDir>/incidents/<id>/<name>`, folders 0700, files 0400, with `SHA256SUMS`,
 * and with `OMITTED` where files were left out. When all together would exceed their bound, the oldest
 * closed incidents go, wholly, never an open one; after a start none is open.
 * Rejects with EvidenceRefused for a bad name, and with the system's error for a full disk and the like.
 */
export class EvidenceFolder implements EvidenceStore {
  readonly #incidents: string;
  readonly #ledger: EvidenceLedger;
  readonly #removed: (incidentId: string, bytes: number) => void;
  readonly #completed: (incidentId: string, name: string) => void;
  #scanned = false;
  #lastSave: Promise<unknown> = Promise.resolve();

  constructor({ stateDir, incidentBytes, totalBytes, removed, completed }: EvidenceFolderOptions) {
    this.#incidents = join(stateDir, 'incidents');
    this.#removed = removed ?? (() => undefined);
    this.#completed = completed ?? (() => undefined);
    this.#ledger = new EvidenceLedger({
      incidentBytes: incidentBytes ?? Number.POSITIVE_INFINITY,
      totalBytes: totalBytes ?? Number.POSITIVE_INFINITY,
    });
  }

  /** @throws EvidenceRefused */
  folder(incidentId: string): string {
    return join(this.#incidents, checkedIncidentId(incidentId));
  }

  opened(incidentId: string): void {
    this.#ledger.opened(incidentId);
  }

  closed(incidentId: string): void {
    this.#ledger.closed(incidentId);
  }

  /**
   * Removes what an earlier run had begun to remove, ends the recordings that it left open, and finds out how
   * much there is. The first save does it as well.
   */
  prepare(): Promise<void> {
    return this.#inTurn(() => this.#scan());
  }

  /** Saves run one after the other: each ends with a look at the manifest. */
  save(incidentId: string, name: string, content: EvidenceContent): Promise<void> {
    return this.#inTurn(() => this.#save(incidentId, name, content));
  }

  /**
   * Begins a file that grows; undefined when there is no room for it, which the list of what was left out
   * says then. Rejects as `save` does, and where the name is taken.
   */
  async grow(incidentId: string, name: string): Promise<GrowingEvidence | undefined> {
    const incident = this.folder(incidentId);
    const [folders] = nameParts(name);
    await this.#inTurn(async () => {
      await this.#scan();
      await this.#makeFolders(incident, folders);
    });
    const path = join(incident, name);
    const room = {
      grow: (bytes: number) => this.#inTurn(() => this.#grow(incidentId, bytes)),
      list: () => this.#inTurn(() => this.#list(incidentId, name)),
    };
    const file = await GrowingEvidence.create(dirname(path), path, room);
    if (file === undefined)
      await this.#inTurn(() => this.#omit(incidentId, { name, bytes: 0, reason: 'no room' }));
    return file;
  }

  async #grow(incidentId: string, bytes: number): Promise<boolean> {
    const room = this.#ledger.room(incidentId, bytes, true);
    if (!room.fits) return false;
    for (const id of room.remove) await this.#remove(id);
    this.#ledger.set(incidentId, this.#ledger.bytesOf(incidentId) + bytes);
    return true;
  }

  async #list(incidentId: string, name: string): Promise<void> {
    const incident = this.folder(incidentId);
    await listInManifest(incident, name);
    await this.#count(incidentId);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#lastSave.then(work, work);
    this.#lastSave = done;
    return done;
  }

  async #save(incidentId: string, name: string, content: EvidenceContent): Promise<void> {
    const incident = this.folder(incidentId);
    const [folders] = nameParts(name);
    await this.#scan();
    const path = join(incident, name);
    const isNew = (await sizeOf(path)) === undefined;
    const bytes = content instanceof Uint8Array ? content.length : content.bytes;
    const listed = (await sizeOf(join(incident, manifestName))) ?? 0;
    const growth = occupied(listed + manifestLineBytes(name)) - occupied(listed);
    const needed = (isNew ? occupied(bytes) : 0) + growth;
    const room = this.#ledger.room(incidentId, needed, isNew && bytes >= largeFrom);
    if (!room.fits) {
      if (isNew) await this.#omit(incidentId, { name, bytes, reason: room.reason });
      return;
    }
    for (const id of room.remove) await this.#remove(id);
    const before = this.#ledger.bytesOf(incidentId);
    this.#ledger.set(incidentId, before + needed);
    try {
      await this.#makeFolders(incident, folders);
      if (isNew) await writeNewFile(path, content);
      await listInManifest(incident, name);
      const written = isNew ? occupied((await sizeOf(path)) ?? bytes) : 0;
      this.#ledger.set(incidentId, before + written + growth);
    } catch (error) {
      // Some of it may be there.
      await this.#count(incidentId);
      throw error;
    }
  }

  /** Without a note where there is no room for the list itself. */
  async #omit(incidentId: string, omitted: Omitted): Promise<void> {
    const room = this.#ledger.room(incidentId, 0, false);
    if (!room.fits) return;
    for (const id of room.remove) await this.#remove(id);
    this.#ledger.set(incidentId, this.#ledger.bytesOf(incidentId));
    const incident = this.folder(incidentId);
    await this.#makeFolders(incident, []);
    await noteOmitted(incident, omitted);
  }

  async #makeFolders(incident: string, folders: readonly string[]): Promise<void> {
    await mkdir(join(this.#incidents, '..'), { recursive: true, mode: 0o700 });
    await ensurePrivateFolder(this.#incidents);
    await ensurePrivateFolder(incident);
    let place = incident;
    for (const folder of folders) {
      place = join(place, folder);
      await ensurePrivateFolder(place);
    }
  }

  async #count(incidentId: string): Promise<void> {
    const bytes = await bytesBelow(this.folder(incidentId)).catch(() => undefined);
    if (bytes !== undefined) this.#ledger.set(incidentId, bytes);
  }

  async #scan(): Promise<void> {
    if (this.#scanned) return;
    const { incidents, halfRemoved } = await scanEvidence(this.#incidents);
    for (const [id, bytes] of incidents) this.#ledger.set(id, bytes);
    this.#scanned = true;
    for (const [id, bytes] of halfRemoved) {
      await removeRest(this.#incidents, id);
      this.#removed(id, bytes);
    }
    for (const id of incidents.keys()) await this.#complete(id);
  }

  async #complete(incidentId: string): Promise<void> {
    // One that cannot be ended, as on a full disk, is tried again by the next run.
    const names = await completeRecordings(this.folder(incidentId)).catch(() => []);
    if (names.length > 0) await this.#count(incidentId);
    for (const name of names) this.#completed(incidentId, name);
  }

  /** A rename first: from then on there is no such incident, whatever comes between. */
  async #remove(incidentId: string): Promise<void> {
    const bytes = this.#ledger.bytesOf(incidentId);
    await rename(this.folder(incidentId), join(this.#incidents, removedName(incidentId)));
    await syncFolder(this.#incidents);
    this.#ledger.removed(incidentId);
    await removeRest(this.#incidents, incidentId);
    this.#removed(incidentId, bytes);
  }
}

/** Undefined when there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  return lstat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

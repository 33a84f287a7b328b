import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceStore } from '../core/ports/evidence-store.js';
import { ensurePrivateFolder, writeNewFile } from './durable-file.js';
import { listInManifest } from './evidence-manifest.js';
import { checkedIncidentId, nameParts } from './evidence-name.js';

/**
 * Evidence as files: `<stateDir>/incidents/<id>/<name>`, folders 0700, files 0400, with `SHA256SUMS`.
 * Rejects with EvidenceRefused for a bad name, and with the system's error for a full disk and the like.
 */
export class EvidenceFolder implements EvidenceStore {
  readonly #incidents: string;
  readonly #open = new Set<string>();
  #lastSave: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly stateDir: string }) {
    this.#incidents = join(options.stateDir, 'incidents');
  }

  /** @throws EvidenceRefused */
  folder(incidentId: string): string {
    return join(this.#incidents, checkedIncidentId(incidentId));
  }

  opened(incidentId: string): void {
    this.#open.add(incidentId);
  }

  closed(incidentId: string): void {
    this.#open.delete(incidentId);
  }

  /** Saves run one after the other: each ends with a look at the manifest. */
  save(incidentId: string, name: string, content: Uint8Array): Promise<void> {
    const save = () => this.#save(incidentId, name, content);
    const saved = this.#lastSave.then(save, save);
    this.#lastSave = saved;
    return saved;
  }

  async #save(incidentId: string, name: string, content: Uint8Array): Promise<void> {
    const incident = this.folder(incidentId);
    const [folders, file] = nameParts(name);
    await mkdir(join(this.#incidents, '..'), { recursive: true, mode: 0o700 });
    await ensurePrivateFolder(this.#incidents);
    await ensurePrivateFolder(incident);
    let place = incident;
    for (const folder of folders) {
      place = join(place, folder);
      await ensurePrivateFolder(place);
    }
    await writeNewFile(join(place, file), content);
    await listInManifest(incident, name);
  }
}

import type { SecureContext } from 'node:tls';
import type { DecoyStory } from '../../../core/decoy/decoy-story.js';
import type { EngineRoom } from './engine/engine-room.js';
import type { ScramKeys } from './scram.js';

/** What all connections share. */
export interface PostgresHouse {
  readonly story: DecoyStory;
  readonly version: string;
  readonly room: EngineRoom;
  /** By process id, as a client names it that wants a statement canceled. */
  readonly sessions: Map<number, { cancel(secret: number): void } | undefined>;
  readonly mostConnections: number;
  readonly tls?: { readonly context: SecureContext; readonly certificateHash: Uint8Array };
  /** Of no password: for users that do not exist. */
  readonly mockKeys: ScramKeys;
  saltOf(user: string): Buffer;
  keysOf(user: string, password: string): ScramKeys;
}

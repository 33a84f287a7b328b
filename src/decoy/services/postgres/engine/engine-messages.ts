import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';
import type { EngineProgram } from './engine-program.js';

/** What a thread with a database in it is started for. */
export type EngineTask =
  | { readonly kind: 'build'; readonly story: DecoyStory; readonly version: string }
  | {
      readonly kind: 'serve';
      /** A cluster that was built before. */
      readonly cluster: ArrayBuffer | SharedArrayBuffer;
      readonly engine: EngineProgram;
      readonly story: DecoyStory;
      readonly version: string;
      readonly user: string;
      readonly database: string;
      readonly processId: number;
      readonly client: { readonly ip: string; readonly port: number };
      readonly server: { readonly ip: string; readonly port: number };
      readonly applicationName: string;
      /** First number: bytes of output that were passed on, by which the thread waits for a slow client. */
      readonly passedOn: SharedArrayBuffer;
    };

/** What a thread says. */
export type EngineReport =
  | { readonly kind: 'built'; readonly cluster: ArrayBuffer }
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  /** Everything of one input was answered. */
  | { readonly kind: 'answered' };

/** What a thread that serves is told: whole messages of a client. */
export interface EngineInput {
  readonly bytes: Uint8Array;
}

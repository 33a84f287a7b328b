import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PGliteOptions } from '@electric-sql/pglite';

/** The engine, compiled: threads that get it compile nothing themselves, and share what is compiled later. */
export type EngineProgram = NonNullable<PGliteOptions['pgliteWasmModule']>;

/** Compiles the engine, beside the event loop. */
export async function compileEngine(): Promise<EngineProgram> {
  const library = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  // No type of Node's knows it.
  const { WebAssembly: compiler } = globalThis as unknown as {
    WebAssembly: { compile(bytes: Uint8Array): Promise<EngineProgram> };
  };
  return compiler.compile(await readFile(join(dirname(library), 'pglite.wasm')));
}

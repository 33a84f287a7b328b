import { access, readFile } from 'node:fs/promises';
import os from 'node:os';
import type { DecoyStory } from '../../core/decoy/decoy-story.js';
import type { Inhabitants } from '../look/accounts.js';
import { type FurnitureFacts, furniture } from '../look/furniture.js';
import { type Piece, packPieces } from '../look/piece.js';
import { staffOf } from '../look/staff.js';
import { mapsUsers } from './container-process.js';
import { hiddenShell, staffEnvironment, staffScript } from './disguise-scripts.js';
import type { EngineExecs } from './engine-execs.js';
import { runHostProgram } from './host-program.js';
import type { Mirror } from './mirror-root.js';

/** What the furniture of a container is made from. */
export async function furnitureFacts(mirror: Mirror, story: DecoyStory, now: Date): Promise<FurnitureFacts> {
  const { inhabitants, skeleton } = mirror;
  const kernel = { name: os.type(), release: os.release(), version: os.version(), machine: os.machine() };
  return { story, inhabitants, skeleton, now, booted: await bootTime(), kernel };
}

/**
 * Fills homes and logs of a container that runs and in which nobody is yet.
 * @throws SandboxUnavailable
 */
export async function furnish(
  execs: EngineExecs,
  id: string,
  pid: number,
  facts: FurnitureFacts,
): Promise<void> {
  const pieces = furniture(facts);
  const root = `/proc/${pid}/root`;
  if ((await isThere(`${root}${hiddenShell}`)) && !(await mapsUsers(pid))) {
    const tar = await packPieces(pieces);
    await runHostProgram('tar', ['-x', '-p', '--numeric-owner', '--same-owner', '-C', root, '-f', '-'], tar);
    return;
  }
  // A runtime with a kernel of its own (gVisor, Kata), whose files are not to be had from outside; or a user name
  // space, into whose file systems a user from outside cannot write (EOVERFLOW).
  await Promise.all([...byOwner(pieces)].map(([uid, own]) => unpackInside(execs, id, uid, own)));
}

/**
 * Starts what is to be seen in the process list.
 * @throws SandboxUnavailable
 */
export async function hireStaff(
  execs: EngineExecs,
  id: string,
  hostUsr: string,
  inhabitants: Inhabitants,
): Promise<void> {
  const hired = [...staffOf(hostUsr, inhabitants)].map(async ([login, members]) => {
    const owner = inhabitants.owner(login);
    if (owner === undefined) return;
    const shown = members.flatMap(({ name, title }) => [name, title]);
    await execs.finish(id, {
      user: `${owner.uid}:${owner.gid}`,
      command: ['/usr/bin/bash', '-c', staffScript, 'bash', ...shown],
      environment: staffEnvironment,
    });
  });
  await Promise.all(hired);
}

function byOwner(pieces: readonly Piece[]): Map<number, Piece[]> {
  const owners = new Map<number, Piece[]>();
  for (const piece of pieces) owners.set(piece.uid, [...(owners.get(piece.uid) ?? []), piece]);
  return owners;
}

async function unpackInside(
  execs: EngineExecs,
  id: string,
  uid: number,
  pieces: readonly Piece[],
): Promise<void> {
  const gid = uid === 0 ? 0 : (pieces[0]?.gid ?? uid);
  // Without a capability nobody gives a file away, so each user unpacks what is theirs.
  const own = pieces.map((piece) => ({ ...piece, gid }));
  const command = ['tar', '-x', '-p', '--no-same-owner', '-C', '/', '-f', '-'];
  await execs.finish(id, { user: `${uid}:${gid}`, command, input: await packPieces(own) });
}

async function bootTime(): Promise<Date> {
  const seconds = /^btime (\d+)$/mu.exec(await readFile('/proc/stat', 'utf8').catch(() => ''))?.[1];
  return new Date(Number(seconds ?? 0) * 1000);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { DecoyStory } from '../../../../core/decoy/decoy-story.js';
import { linkDescriptor } from '../../../link/settings.js';
import { boundWasmMemory } from './bounded-memory.js';
import { buildCluster } from './build-cluster.js';

// A program of its own: reads a story in one line, writes the length of its packed cluster (32 bits) and the cluster.

const pipe = new Socket({ fd: linkDescriptor, readable: true, writable: true });
// Whoever wanted it is gone.
pipe.on('error', () => process.exit(1));

const story = JSON.parse(await firstLine()) as DecoyStory;
boundWasmMemory();
const packed = await promisify(gzip)(await buildCluster(story));
const length = Buffer.alloc(4);
length.writeUInt32BE(packed.length);
pipe.end(Buffer.concat([length, packed]), () => process.exit(0));

function firstLine(): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      line += text;
      if (line.endsWith('\n')) resolve(line);
    });
    pipe.on('end', () => reject(new Error('no story came')));
  });
}

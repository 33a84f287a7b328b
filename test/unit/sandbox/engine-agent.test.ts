import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { EngineAgent } from '../../../src/sandbox/docker/engine-agent.js';

describe('EngineAgent', () => {
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  it('shows no connection: every call of docker-modem writes it out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phantom-agent-'));
    cleanUps.push(() => rm(folder, { recursive: true }));
    const socketPath = join(folder, 'engine.sock');
    const server = createServer((_request, response) => response.flushHeaders()).listen(socketPath);
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const agent = new EngineAgent();
    for (let open = 0; open < 20; open += 1) {
      const call = request({ socketPath, agent }).end();
      const [answer] = await once(call, 'response');
      answer.on('error', () => {});
      cleanUps.push(() => call.destroy());
    }
    expect(Object.values(agent.sockets).flat()).toHaveLength(20);
    expect(inspect({ agent }, { showHidden: true, depth: null })).toBe('{ agent: EngineAgent }');
  });
});

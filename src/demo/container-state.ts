import { get } from 'node:http';

/**
 * Asks the engine itself, past our own adapter, whether a container runs
 * (GET /containers/{name}/json of the Docker Engine API). Never rejects.
 */
export function isContainerRunning(socketPath: string, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const path = `/containers/${encodeURIComponent(name)}/json`;
    const request = get({ socketPath, path, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(runningIn(body)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

function runningIn(body: string): boolean {
  try {
    return (JSON.parse(body) as { State?: { Running?: unknown } }).State?.Running === true;
  } catch {
    return false;
  }
}

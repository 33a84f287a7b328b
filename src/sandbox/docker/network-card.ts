import { randomBytes } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

// Docker gives 02:42 and two bytes that are the address (libnetwork, netutils.GenerateMACFromIP).
const dockerPrefix = '02:42:';
const qemuPrefix = '52:54:00';

/** An address of a network card by the maker of the host's own; QEMU's where the host has none. */
export async function plausibleMac(folder = '/sys/class/net'): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const prefixes = await Promise.all(names.sort().map((name) => prefixOf(join(folder, name))));
  const prefix = prefixes.find((found) => found !== undefined) ?? qemuPrefix;
  return [prefix, ...randomBytes(3).toString('hex').matchAll(/../gu)].join(':');
}

async function prefixOf(card: string): Promise<string | undefined> {
  try {
    // Bridges, tunnels and pairs have no device behind them.
    await access(join(card, 'device'));
    const address = (await readFile(join(card, 'address'), 'utf8')).trim();
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/u.test(address) || address.startsWith('00:00:00')) return undefined;
    return address.startsWith(dockerPrefix) ? undefined : address.slice(0, 8);
  } catch {
    return undefined;
  }
}

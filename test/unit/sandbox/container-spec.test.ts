import { describe, expect, it } from 'vitest';
import { containerSpec } from '../../../src/sandbox/docker/container-spec.js';

const spec = containerSpec({
  incidentId: 'inc-7',
  instanceId: 'host-a',
  image: 'phantom-mirror:0123456789ab',
  decoy: { name: 'idle', command: ['/usr/bin/sleep', 'infinity'] },
  hostname: 'web-1',
  hostUsr: '/usr',
  evidenceFolder: '/var/lib/phantom/incidents/inc-7',
  limits: { memoryMb: 128, pids: 64, cpus: 0.5 },
});
const host = spec.HostConfig ?? {};

describe('a sandbox container', () => {
  it('is named after its incident and labelled with incident and installation', () => {
    expect(spec.name).toBe('phantom_forensics_inc-7');
    expect(spec.Labels).toEqual({
      'org.phantom-files.incident': 'inc-7',
      'org.phantom-files.instance': 'host-a',
    });
  });

  it('has the host name of the host and runs the decoy', () => {
    expect(spec.Hostname).toBe('web-1');
    expect(spec.Image).toBe('phantom-mirror:0123456789ab');
    expect(spec.Cmd).toEqual(['/usr/bin/sleep', 'infinity']);
  });

  it('has no privilege to lose', () => {
    expect(spec.User).toBe('65534:65534');
    expect(host.CapDrop).toEqual(['ALL']);
    expect(host.CapAdd).toBeUndefined();
    expect(host.Privileged).toBe(false);
    expect(host.SecurityOpt).toEqual(['no-new-privileges']);
    expect(host.Devices).toBeUndefined();
  });

  it('can write to small tmpfs only, from which nothing is run', () => {
    expect(host.ReadonlyRootfs).toBe(true);
    expect(Object.keys(host.Tmpfs ?? {}).sort()).toEqual(['/run', '/tmp', '/var/tmp']);
    for (const options of Object.values(host.Tmpfs ?? {}))
      expect(options).toMatch(/^rw,noexec,nosuid,nodev,size=\d+m,/);
    expect(host.ShmSize).toBe(8 * 1024 * 1024);
    expect(host.Binds).toBeUndefined();
  });

  it('sees of the host only /usr and its own evidence, read-only and without mounts below them', () => {
    const options = { Propagation: 'rprivate', NonRecursive: true };
    expect(host.Mounts).toEqual([
      { Type: 'bind', Source: '/usr', Target: '/usr', ReadOnly: true, BindOptions: options },
      {
        Type: 'bind',
        Source: '/var/lib/phantom/incidents/inc-7',
        Target: '/var/lib/evidence',
        ReadOnly: true,
        BindOptions: options,
      },
    ]);
    expect(JSON.stringify(spec)).not.toContain('docker.sock');
  });

  it('joins no namespace of the host and no network but its own', () => {
    expect(host.NetworkMode).toBe('phantom_sandbox');
    expect(host.Dns).toEqual(['127.0.0.1']);
    expect(host.IpcMode).toBe('private');
    expect(Reflect.get(host, 'CgroupnsMode')).toBe('private');
    for (const mode of [host.PidMode, host.UTSMode, host.UsernsMode]) expect(mode).toBeUndefined();
    expect(host.PortBindings).toBeUndefined();
    expect(host.PublishAllPorts).toBeUndefined();
  });

  it('is bounded in memory, swap, processors, processes, files and logs', () => {
    expect(host.Memory).toBe(134_217_728);
    expect(host.MemorySwap).toBe(134_217_728);
    expect(host.NanoCpus).toBe(500_000_000);
    expect(host.PidsLimit).toBe(64);
    expect(host.OomScoreAdj).toBe(1000);
    expect(host.Ulimits).toEqual([
      { Name: 'nofile', Soft: 1024, Hard: 1024 },
      { Name: 'fsize', Soft: 16_777_216, Hard: 16_777_216 },
      { Name: 'core', Soft: 0, Hard: 0 },
    ]);
    expect(host.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } });
  });

  it('is not started again by the engine, nor given a program from outside', () => {
    expect(host.RestartPolicy).toEqual({ Name: 'no' });
    expect(host.Init).toBe(false);
  });
});

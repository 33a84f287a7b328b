import { describe, expect, it } from 'vitest';
import { containerName, containerSpec, incidentOf } from '../../../src/sandbox/docker/container-spec.js';

const facts = {
  name: 'phantom_warm_host-a_1',
  instanceId: 'host-a',
  image: 'phantom-mirror:0123456789ab',
  hostname: 'web-1',
  hostUsr: '/usr',
  limits: { memoryMb: 128, pids: 64, cpus: 0.5 },
  accounts: [{ login: 'anna', uid: 1001, gid: 1002, home: '/home/anna', fullName: '' }],
  macAddress: '00:16:3e:01:02:03',
  covered: ['/usr/local/bin'],
};
const spec = containerSpec(facts);
const host = spec.HostConfig ?? {};

describe('a sandbox container', () => {
  it('is labelled with the installation alone, and tells its incident by its name', () => {
    expect(spec.name).toBe('phantom_warm_host-a_1');
    expect(spec.Labels).toEqual({ 'org.phantom-files.instance': 'host-a' });
    expect(incidentOf(containerName('inc-7'))).toBe('inc-7');
    expect(incidentOf('phantom_warm_host-a_1')).toBeUndefined();
  });

  it('has the host name of the story and a network card of the host', () => {
    expect(spec.Hostname).toBe('web-1');
    expect(spec.MacAddress).toBe('00:16:3e:01:02:03');
    expect(spec.Image).toBe('phantom-mirror:0123456789ab');
  });

  it('runs in the runtime that is asked for, else in the one of the engine', () => {
    expect(host.Runtime).toBeUndefined();
    expect(containerSpec({ ...facts, runtime: 'runsc' }).HostConfig?.Runtime).toBe('runsc');
  });

  it('has no privilege to lose', () => {
    expect(spec.User).toBe('0:0');
    expect(host.CapDrop).toEqual(['ALL']);
    expect(host.CapAdd).toBeUndefined();
    expect(host.Privileged).toBe(false);
    expect(host.SecurityOpt).toEqual(['no-new-privileges']);
    expect(host.Devices).toBeUndefined();
  });

  it('can write to small tmpfs only, from which nothing is run', () => {
    expect(host.ReadonlyRootfs).toBe(true);
    expect(Object.keys(host.Tmpfs ?? {}).sort()).toEqual([
      ...['/dev/shm', '/home/anna', '/root', '/run', '/tmp', '/var/log', '/var/tmp'],
    ]);
    for (const options of Object.values(host.Tmpfs ?? {}))
      expect(options).toMatch(/^rw,noexec,nosuid,nodev,size=\d+m,nr_inodes=4096,mode=/);
    expect(host.Tmpfs?.['/home/anna']).toMatch(/,mode=0700,uid=1001,gid=1002$/);
    expect(host.Binds).toBeUndefined();
  });

  it('sees of the host only /usr, read-only and without mounts below it', () => {
    const BindOptions = { Propagation: 'rprivate', NonRecursive: true };
    expect(host.Mounts).toEqual([
      { Type: 'bind', Source: '/usr', Target: '/usr', ReadOnly: true, BindOptions },
    ]);
    expect(JSON.stringify(spec)).not.toContain('docker.sock');
  });

  it('covers what tells of this program', () => {
    expect(Reflect.get(host, 'MaskedPaths')).toContain('/usr/local/bin');
    expect(Reflect.get(host, 'MaskedPaths')).toContain('/sys/fs/cgroup');
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
      { Name: 'nofile', Soft: 1024, Hard: 4096 },
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

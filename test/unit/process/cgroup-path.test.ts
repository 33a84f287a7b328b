import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cgroupPath, containerOf, systemdPlace } from '../../../src/process/cgroup-path.js';

const id = '0123456789abcdef'.repeat(4);

describe('cgroupPath', () => {
  it('takes the unified hierarchy, else systemd, else whatever tells something', () => {
    expect(cgroupPath('0::/system.slice/ssh.service\n')).toBe('/system.slice/ssh.service');
    expect(cgroupPath('9:name=systemd:/user.slice\n4:memory:/m\n0::/\n')).toBe('/user.slice');
    expect(cgroupPath('9:name=systemd:/\n4:memory:/m\n0::/\n')).toBe('/m');
    expect(cgroupPath('0::/\n')).toBe('/');
    expect(cgroupPath('')).toBeUndefined();
  });

  it('makes names printable', () => {
    expect(cgroupPath('0::/a\x1bb\xff\n')).toBe('/a\\x1bb\\xff');
  });
});

describe('systemdPlace', () => {
  it.each([
    ['/system.slice/ssh.service', { systemdSlice: 'system.slice', systemdUnit: 'ssh.service' }],
    [
      '/system.slice/system-getty.slice/getty@tty1.service',
      { systemdSlice: 'system-getty.slice', systemdUnit: 'getty@tty1.service' },
    ],
    [
      '/user.slice/user-1000.slice/session-3.scope',
      { systemdSlice: 'user-1000.slice', systemdUnit: 'session-3.scope' },
    ],
    [
      '/user.slice/user-1000.slice/user@1000.service/app.slice/evil.service',
      { systemdSlice: 'user-1000.slice', systemdUnit: 'user@1000.service', systemdUserUnit: 'evil.service' },
    ],
    ['/system.slice/_cgroup.service/inner', { systemdSlice: 'system.slice', systemdUnit: 'cgroup.service' }],
    ['/init.scope', { systemdUnit: 'init.scope' }],
    ['/', {}],
    ['/docker/x', {}],
  ])('%s', (path, place) => {
    expect(systemdPlace(path)).toEqual(place);
  });
});

describe('containerOf', () => {
  it.each([
    [`/docker/${id}`, 'docker'],
    [`/system.slice/docker-${id}.scope`, 'docker'],
    [`/system.slice/docker-${id}.scope/init`, 'docker'],
    [`/machine.slice/libpod-${id}.scope/container`, 'podman'],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`, 'podman'],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab.slice/cri-containerd-${id}.scope`,
      'containerd',
    ],
    [`/kubepods.slice/kubepods-podab.slice/crio-${id}.scope`, 'cri-o'],
    [`/default/${id}`, 'containerd'],
    [`/system.slice/nerdctl-${id}.scope`, 'containerd'],
    [`/kubepods/besteffort/pod7e1a/${id}`, undefined],
  ])('%s', (path, runtime) => {
    expect(containerOf(path)).toEqual({ id, ...(runtime && { runtime }) });
  });

  it.each([
    ['/lxc/web/system.slice/cron.service', { id: 'web', runtime: 'lxc' }],
    ['/lxc.payload.web/init.scope', { id: 'web', runtime: 'lxc' }],
    ['/machine.slice/machine-deb.scope', { id: 'deb', runtime: 'nspawn' }],
  ])('%s', (path, hint) => {
    expect(containerOf(path)).toEqual(hint);
  });

  it('names the container that the host knows, of nested ones', () => {
    const inner = 'f'.repeat(64);
    expect(containerOf(`/docker/${id}/docker/${inner}`)?.id).toBe(id);
    expect(containerOf(`/lxc/web/docker/${inner}`)).toEqual({ id: 'web', runtime: 'lxc' });
  });

  it.each([
    '/',
    '/system.slice/ssh.service',
    '/docker/short',
    '/machine.slice/machine-qemu.scope',
  ])('%s is no container', (path) => {
    expect(containerOf(path)).toBeUndefined();
  });

  it('never throws, and is quick, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 4096 }), (path) => {
        containerOf(path);
        systemdPlace(path);
        cgroupPath(path);
      }),
    );
    const before = performance.now();
    containerOf(`/kubepods/${'/kubepods.slice/x'.repeat(500)}`);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

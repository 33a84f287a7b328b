import { describe, expect, it } from 'vitest';
import {
  containerHierarchy,
  groupExpression,
} from '../../../../../src/sensor/ebpf/follow/group-hierarchy.js';

const head = '#subsys_name\thierarchy\tnum_cgroups\tenabled\n';
const controllers = (pids: number) => `${head}cpuset\t3\t3\t1\nmemory\t4\t9\t1\npids\t${pids}\t3\t1\n`;

describe('the hierarchy that containers are in', () => {
  it('is that of the pids controller', () => {
    expect(containerHierarchy(controllers(0), '6.18.1')).toBe('cgroup2');
    expect(containerHierarchy(controllers(8), '6.18.1')).toEqual({ controller: 2 });
  });

  it('is version 2 where the kernel says nothing, or its ids are no numbers yet', () => {
    expect(containerHierarchy('', '6.1.0')).toBe('cgroup2');
    expect(containerHierarchy(head, '6.1.0')).toBe('cgroup2');
    expect(containerHierarchy(controllers(8), '5.4.0-1-amd64')).toBe('cgroup2');
    expect(containerHierarchy(controllers(8), '5.10.0-1-amd64')).toEqual({ controller: 2 });
  });

  it('is asked for in the words of the script', () => {
    expect(groupExpression('cgroup2')).toBe('cgroup');
    expect(groupExpression({ controller: 11 })).toBe('curtask->cgroups->subsys[11]->cgroup->kn->id');
  });
});

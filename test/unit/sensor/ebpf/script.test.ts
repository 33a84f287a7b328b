import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { touchOps } from '../../../../src/core/touch.js';
import { type HoldChoice, planHold, type TamperChoice } from '../../../../src/sensor/ebpf/hold-plan.js';
import { type HookPlan, hookSets, planHooks } from '../../../../src/sensor/ebpf/hook-plan.js';
import { prefixes } from '../../../../src/sensor/ebpf/registration.js';
import { opCode, opOfCode, renderScript } from '../../../../src/sensor/ebpf/script.js';
import { everything, functions, kernel } from '../../../support/kernel-offer.js';

const sets = hookSets.filter((set) => set !== 'auto');
const planOf = (set: HookPlan['set']) => planHooks(kernel(everything, functions), set)[0] as HookPlan;
const follow = { session: true, idleSeconds: 300 };
const render = (plan: HookPlan, nonce = 7n) => renderScript(resolve('bpf'), plan, nonce, { follow });
const withoutComments = (text: string) => text.replace(/^\s*\/\/.*$/gm, '');
const probesOf = (text: string) =>
  (text.match(/^(?:tracepoint|kprobe|profile|interval):[^\s,]+/gm) ?? []).sort();

describe.each(sets)('generated script of the %s hooks', (set) => {
  const plan = planOf(set);
  const text = render(plan);

  it('attaches to the hooks of its plan and to no other', () => {
    const planned = [
      'tracepoint:filelock:posix_lock_inode',
      'profile:hz:1',
      ...[...plan.open, ...plan.copy.map(({ name }) => name)].map((name) => `tracepoint:syscalls:${name}`),
      ...plan.filemap.map(({ name }) => `tracepoint:filemap:${name}`),
      ...(plan.directIo ? ['tracepoint:iomap:iomap_dio_rw_begin'] : []),
      ...plan.kprobe.map(({ name }) => `kprobe:${name}`),
      ...(plan.exec ? ['tracepoint:sched:sched_process_exec'] : []),
      ...(plan.denied ? ['tracepoint:capability:cap_capable'] : []),
      ...plan.card.flat().map((name) => `tracepoint:${name}`),
      'tracepoint:task:task_newtask',
      'tracepoint:sched:sched_process_exec',
      'tracepoint:sched:sched_process_exit',
      ...(plan.follow.tcp ? ['tracepoint:sock:inet_sock_set_state'] : []),
      ...plan.follow.open,
      ...plan.follow.openFunction,
      ...[
        ...plan.follow.address.map(({ name }) => name),
        ...plan.follow.sends.map(({ name }) => name),
        ...plan.follow.paths.flatMap(({ names }) => names),
        ...(plan.follow.fchmod ? ['sys_enter_fchmod'] : []),
        ...plan.follow.privilege,
      ].map((name) => `tracepoint:syscalls:${name}`),
    ];
    expect(probesOf(text)).toEqual(planned.sort());
  });

  it('uses no construct that one of the supported versions lacks', () => {
    const code = withoutComments(text);
    expect(code).not.toMatch(
      /\blet\b|\bconfig\b|\bdelete\((?!@\w+\[\$\w+\]\))|^begin\b|^end\b|\brawtracepoint\b|\bfentry\b|\bkfunc\b/m,
    );
    expect(code).not.toMatch(/\bargs\.\w|\bfor\s*\(|\bstrerror\b|\belse\s+if\b/);
  });

  it('prints at most one string in a line', () => {
    const formats = text.match(/printf\("[^"]*"/g) ?? [];
    expect(formats.length).toBeGreaterThan(5);
    for (const format of formats) expect(format.match(/%(?:s|rx|r)/g)?.length ?? 0, format).toBeLessThan(2);
  });

  it('tells the card of a thread that ends from that of a call', () => {
    const cards = text.split(/^(?=tracepoint:)/m).filter((probe) => probe.includes('notification_list'));
    expect(cards).toHaveLength(plan.card.length);
    for (const card of cards) {
      const isEnd = card.startsWith('tracepoint:sched:sched_process_exit');
      expect(card).toContain(`$slot, ${isEnd ? 15 : 0}, nsecs`);
      expect(card).toContain(`$step < ${isEnd ? 64 : 12}`);
    }
  });

  it('numbers every line it prints, by processor', () => {
    const lines = withoutComments(text)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith('printf(')) continue;
      expect(lines[index - 1], line).toMatch(
        /^(@seq\[(\$cpu|\(uint64\)cpu)\]\+\+|\$seq = (\$seq|@seq\[\$cpu\]) \+ 1);$/,
      );
    }
  });

  it('lets only the run with its own nonce speak to it', () => {
    for (const value of Object.values(prefixes(7n))) expect(text).toContain(`== ${value})`);
    for (const value of Object.values(prefixes(8n))) expect(text).not.toContain(`${value}`);
  });

  it('forgets an inode only while it still has the slot that is forgotten', () => {
    const forget = /if \(@trap\[@device\[\$value\], @inode\[\$value\]\] == \$value\) \{ (.*?) \}/.exec(text);
    expect(forget?.[1]).toBe('@trap[@device[$value], @inode[$value]] = (uint64)0;');
  });

  it('leaves nothing of a template behind', () => {
    expect(text).not.toMatch(/\{[{%#]|[%#]\}|\bundefined\b|\[object/);
  });
});

describe('generated script', () => {
  describe('of a daemon that holds who touches a trap', () => {
    const conditions = [
      { uid: undefined, unit: undefined },
      { uid: 34, unit: 'restic.service' },
    ];
    const holding = (set: HookPlan['set'], containment: HoldChoice, onTamper: TamperChoice = 'observe') =>
      renderScript(resolve('bpf'), planOf(set), 7n, {
        hold: planHold(containment, onTamper, conditions, true),
        follow,
      });
    const probes = (text: string) => text.split(/^(?=(?:tracepoint|kprobe|kretprobe|profile):)/m).slice(1);
    const nameOf = (probe: string) => probe.split(/[\s,]/, 1)[0] as string;

    it.each(sets)('signals from every %s hook that sees an access got, and before it is told', (set) => {
      for (const probe of probes(holding(set, 'inspect'))) {
        const isAccess = probe.includes('@trap[') && !/posix_lock_inode|cap_capable/.test(nameOf(probe));
        expect(probe.includes('signal("SIGSTOP")'), nameOf(probe)).toBe(isAccess);
        if (!isAccess) continue;
        expect(probe.indexOf('signal(')).toBeLessThan(probe.indexOf('printf("t '));
        expect(probe.indexOf('if ($slot != 0)')).toBeLessThan(probe.indexOf('signal('));
      }
    });

    it.each(['observe', 'deny'] as const)('sends no signal to %s', (containment) => {
      for (const set of sets) expect(holding(set, containment)).not.toContain('signal(');
    });

    it('kills where it is to kill, and only writers where only tampering is answered so', () => {
      for (const set of sets) expect(holding(set, 'kill')).not.toContain('SIGSTOP');
      const text = holding('page-cache', 'observe', 'kill');
      const signalling = probes(text).filter((probe) => probe.includes('signal('));
      expect(signalling.map(nameOf).sort()).toEqual(
        ['open', 'open_by_handle_at', 'openat', 'openat2'].map(
          (call) => `tracepoint:syscalls:sys_exit_${call}`,
        ),
      );
      expect(text).toMatch(/f_mode & 2\) != 0\) \{ \$flags = \(uint64\)4; \}/);
    });

    it('takes the stronger answer to an open for writing', () => {
      const strongest = (containment: HoldChoice, onTamper: TamperChoice) =>
        planHold(containment, onTamper, [], true).writing;
      expect(strongest('inspect', 'freeze')).toBe(2);
      expect(strongest('kill', 'freeze')).toBe(3);
      expect(strongest('freeze', 'observe')).toBe(2);
      expect(strongest('observe', 'observe')).toBe(0);
    });

    it('compares a whole unit by name, with its end, and the user', () => {
      const text = holding('syscalls', 'inspect');
      const [first, second] = ['restic.s', 'ervice\0'].map((part) =>
        Buffer.from(part.padEnd(8, '\0'), 'latin1').readBigUInt64LE(),
      );
      expect(text).toContain(`+ 0)) != ${first})`);
      expect(text).toContain(`+ 8) & ${(1n << 56n) - 1n}) != ${second})`);
      expect(text).toContain('(uint64)uid != 34');
      const unknown = planHold('inspect', 'observe', conditions, false);
      expect(unknown.conditions.flatMap(({ words }) => words)).toEqual([]);
    });

    it('does nothing more for a file that is no trap', () => {
      const untouched = (text: string) =>
        probes(text)
          .filter((probe) => probe.includes('@trap['))
          .map((probe) => withoutComments(probe).split('if ($slot != 0)')[0]);
      for (const set of sets)
        expect(untouched(holding(set, 'freeze', 'kill'))).toEqual(untouched(render(planOf(set))));
    });
  });

  it('has nothing of following where that is not wanted', () => {
    const text = withoutComments(renderScript(resolve('bpf'), planOf('syscalls'), 7n));
    expect(text).not.toMatch(/@follow|@bed|task_newtask|sys_enter_unlink/);
  });

  it('never has a list share a probe with another body: bpftrace 0.17 confuses their programs', () => {
    for (const set of sets) {
      const lists = render(planOf(set)).match(/^(?:[a-z]+:[^\s,]+,\n)+[a-z]+:\S+$/gm) ?? [];
      const probes = probesOf(render(planOf(set)));
      for (const probe of lists.flatMap((list) => list.split(',\n')))
        expect(probes.filter((one) => one === probe)).toHaveLength(1);
    }
  });

  it('asks who is followed before anything else, in every hook of following', () => {
    const text = render(planOf('page-cache'));
    const bodies = text.slice(text.indexOf('tracepoint:task:task_newtask')).split(/^\{$/m).slice(1, -1);
    expect(bodies.length).toBeGreaterThan(10);
    const asksFirst = /^\$second = .*;\n\s*if \(\$second - @followed\[0\] < 300\) \{/;
    const others = bodies.filter((body) => !asksFirst.test(body.trim()));
    // The end of a process frees its place also when nobody is followed any more. Who sends pays one look.
    expect(others).toHaveLength(4);
    for (const other of others)
      expect(other.trim()).toMatch(/^\$me = .*;\n\s*if \(@follow\[\$me\] != 0\) \{/);
  });

  it('slows no system call down with the light hooks', () => {
    expect(render(planOf('light'))).not.toMatch(/^(tracepoint:(syscalls|raw_syscalls|filemap)|kprobe):/m);
  });

  it('asks no kernel function about writes, nor about mappings without a file', () => {
    const text = render(planOf('kprobes'));
    expect(text).not.toContain('tracepoint:syscalls:sys_exit_open');
    expect(text).toMatch(/^kprobe:security_file_open\n\/ arg0 != 0 \/$/m);
    expect(text).toMatch(/^kprobe:security_file_permission\n\/ \(arg1 & 4\) == 4 \/$/m);
    expect(text).toMatch(/^kprobe:security_mmap_file\n\/ arg0 != 0 \/$/m);
  });

  it('has a code for each operation that fits the four bits of a counted touch', () => {
    for (const op of touchOps) {
      expect(opCode(op)).toBeGreaterThan(0);
      expect(opCode(op)).toBeLessThan(16);
      expect(opOfCode(opCode(op))).toBe(op);
    }
    expect(opOfCode(0)).toBeUndefined();
    expect(opOfCode(15)).toBeUndefined();
  });
});

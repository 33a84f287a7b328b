import { describe, expect, it } from 'vitest';
import { BroughtFiles } from '../../../../src/core/decoy/brought-files.js';
import { Incident } from '../../../../src/core/incident.js';
import type { BroughtFile } from '../../../../src/core/ports/sandbox.js';
import { recordTo } from '../../../../src/core/record.js';
import { FakeAuditLog, FakeDiagnostics, FakeEvidence, FakeSandbox } from '../../../support/core-fakes.js';
import { FakeClock } from '../../../support/fake-clock.js';

const incident = new Incident('inc-1', 'actor', 0n);
const fileOf = (name: string, text: string): BroughtFile => {
  const content = Buffer.from(text);
  return { path: `/tmp/${name}`, sha256: text, size: content.length, content };
};

function house() {
  const journal: string[] = [];
  const audit = new FakeAuditLog(journal);
  const sandbox = new FakeSandbox(journal);
  const evidence = new FakeEvidence(journal);
  const diagnostics = new FakeDiagnostics();
  const clock = new FakeClock();
  const record = recordTo(audit, diagnostics);
  const brought = new BroughtFiles({ sandbox, evidence, record, clock, diagnostics, mostBytes: 1000 });
  return { audit, sandbox, evidence, brought };
}

describe('files that somebody brought into a sandbox', () => {
  it('are told once for each place and content, and kept by their hash', async () => {
    const { audit, sandbox, evidence, brought } = house();
    sandbox.files = [fileOf('a', 'one'), fileOf('b', 'one')];
    await brought.collect('inc-1', incident);
    sandbox.files = [fileOf('a', 'one'), fileOf('b', 'two')];
    await brought.collect('inc-1', incident);
    expect(
      audit.events.map(({ action, brought: file }) => `${action} ${file?.path} ${file?.sha256}`),
    ).toEqual(['file-brought /tmp/a one', 'file-brought /tmp/b one', 'file-brought /tmp/b two']);
    expect([...evidence.files.keys()].sort()).toEqual(['inc-1/brought/one', 'inc-1/brought/two']);
  });

  it('are bounded, which is told once', async () => {
    const { audit, sandbox, brought } = house();
    sandbox.files = Array.from({ length: 2100 }, (_, index) => fileOf(`f${index}`, `${index}`));
    await brought.collect('inc-1', incident);
    await brought.collect('inc-1', incident);
    const told = audit.actions.filter((action) => action === 'file-brought');
    expect(told).toHaveLength(2000);
    expect(audit.events.filter(({ action }) => action === 'decoy-omitted')).toHaveLength(1);
  });
});

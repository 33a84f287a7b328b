import type { Reporter, TestModule } from 'vitest/node';

/** Closes a run with one line that any tool can read: `N passed, N failed, N skipped`. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
        if (state === 'skipped') this.#print(`skipped: ${module.relativeModuleId} > ${test.fullName}`);
      }
      // A file that does not load has no tests that could fail.
      count.failed += module.errors().length;
    }
    count.failed += unhandledErrors.length;
    this.#print(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }

  #print(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

/** Marks the tests' own lines among those of the kernel on the serial console. */
export const lineMark = '@phantom ';

export type Report =
  | {
      readonly about: 'armed';
      readonly hooks: string;
      readonly detail: string;
      readonly planSeconds: number;
      readonly armSeconds: number;
    }
  | {
      readonly about: 'route';
      readonly hooks: string;
      readonly route: string;
      readonly complaints: string[];
      readonly seen: string;
    }
  | { readonly about: 'failed'; readonly reason: string }
  | { readonly about: 'finished' };

/** One line for the machine outside. */
export function report(line: Report): void {
  process.stdout.write(`${lineMark}${JSON.stringify(line)}\n`);
}

import { mask, maskedValue } from './masked-environment.js';
import { hasSecret, isSecretName } from './secret-forms.js';

/** An option alone, whose value is the next argument: `-p`, `--db-password`. */
const loneOption = /^-{1,2}([A-Za-z][\w-]*)$/;
/** `--password=x`, `PGPASSWORD=x` */
const assignment = /^(-{0,2}([A-Za-z][\w.-]*)=)(.*)$/su;

/** Arguments of a program, printable as they came, with what looks like a secret masked. */
export function maskedArguments(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const before = index > 0 ? (args[index - 1] as string) : '';
    const option = loneOption.exec(before)?.[1];
    const isValue = option !== undefined && !arg.startsWith('-');
    // `curl -u name:password`: only both together have the form.
    if (isValue && (isSecretName(named(option)) || hasSecret(`${before} ${arg}`))) return mask;
    const [, start, name, value] = assignment.exec(arg) ?? [];
    if (start === undefined || name === undefined || value === undefined) return maskedValue('', arg);
    return `${start}${maskedValue(named(name), value)}`;
  });
}

function named(option: string): string {
  return option.replaceAll('-', '_');
}

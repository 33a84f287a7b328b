/** The configuration cannot be used; the message is one line: file, line, key, what was expected. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
}

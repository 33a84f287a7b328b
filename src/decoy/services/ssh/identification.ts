/** OpenSSH's SSH_MAX_BANNER_LEN, bytes. */
const longestLine = 8192;

/**
 * Looks at the first line of a visitor, which sshd answers by itself when it is no identification
 * (`kex_exchange_identification` of kex.c); ssh2 says nothing then.
 */
export class Identification {
  #line = '';
  #over = false;

  /** Gives what to answer before closing, or undefined while all is well. Never more than once. */
  refuses(bytes: Uint8Array): { readonly answer: string; readonly line: string } | undefined {
    if (this.#over) return undefined;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const end = text.indexOf('\n');
    this.#line = (this.#line + (end < 0 ? text : text.slice(0, end))).slice(0, longestLine + 1);
    if (end < 0 && this.#line.length <= longestLine) return undefined;
    this.#over = true;
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    const version = /^SSH-(\d+)\.(\d+)-[^\n]/.exec(line);
    if (!version || line.length > longestLine)
      return { answer: 'Invalid SSH identification string.\r\n', line };
    const speaksTwo = version[1] === '2' || (version[1] === '1' && version[2] === '99');
    return speaksTwo ? undefined : { answer: 'Protocol major versions differ.\r\n', line };
  }
}

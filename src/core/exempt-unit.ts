/**
 * The systemd unit of a cgroup path, as a rule may rely on it: the first part that is no slice, where
 * root alone makes such folders. Below `user.slice` each user names their own, below a unit whoever it
 * was delegated to does (systemd.resource-control(5), `Delegate=`): there a name proves nothing.
 */
export function trustedUnit(cgroupPath: string): string | undefined {
  const parts = cgroupPath.split('/').slice(1);
  if (parts[0] === 'user.slice') return undefined;
  const unit = parts.find((part) => !part.endsWith('.slice'));
  // systemd puts `_` before a name that would be taken for a file of the kernel's (cg_escape).
  const name = unit?.replace(/^_/, '');
  return name !== undefined && /.\.(?:service|scope)$/.test(name) ? name : undefined;
}

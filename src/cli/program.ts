import { Command, Option } from '@commander-js/extra-typings';
import { logFormats, logLevels, sensorChoices } from '../config/schema.js';
import { exitCodes } from '../daemon/failure.js';
import { packageVersion } from '../daemon/package-files.js';

/** The command line of phantomd. Each command is loaded when it is called: most need little. */
export function program(): Command {
  const root = new Command('phantomd')
    .description('Deception sensors for Linux hosts: plants trap files and catches who touches them.')
    .version(packageVersion())
    .enablePositionalOptions()
    .showHelpAfterError('(phantomd --help lists what there is)')
    .exitOverride((error) => {
      throw Object.assign(error, { exitCode: error.exitCode === 0 ? 0 : exitCodes.usage });
    });
  addRunOptions(root).action(async (options) => (await import('./run.js')).run(options));
  root.addCommand(
    new Command('verify')
      .description('check that nobody edited the audit log')
      .argument('[file]', 'log to check; the configured one when absent')
      .addOption(configOption())
      .action(async (file, options) => (await import('./verify.js')).verify(file, options)),
  );
  root.addCommand(
    new Command('unplant')
      .description('remove the traps that are still as planted, and the sandboxes')
      .addOption(configOption())
      .action(async (options) => (await import('./unplant.js')).unplant(options)),
  );
  root.addCommand(
    new Command('release')
      .description('let the frozen processes of an incident go on')
      .argument('[incident]', 'id of the incident')
      .option(
        '--stranded',
        'instead: whoever stands still because a daemon was killed; refuses while one runs',
      )
      .addOption(configOption())
      .action(async (incident, options) => (await import('./release.js')).release(incident, options)),
  );
  root.addCommand(
    new Command('kill')
      .description('kill the frozen processes of an incident')
      .argument('<incident>', 'id of the incident')
      .addOption(configOption())
      .action(async (incident, options) => (await import('./release.js')).kill(incident, options)),
  );
  root.addCommand(
    addRunOptions(
      new Command('demo').description('play an intrusion on this host, for real, and clean up'),
    ).action(async (options) => (await import('./demo.js')).demo(options)),
  );
  for (const command of root.commands) command.copyInheritedSettings(root as unknown as Command);
  return root as unknown as Command;
}

function addRunOptions<Parent extends Command>(command: Parent) {
  return command
    .addOption(configOption())
    .addOption(new Option('--sensor <name>', 'how touches are seen').choices(sensorChoices))
    .addOption(new Option('--log-level <level>', 'least severe diagnostics shown').choices(logLevels))
    .addOption(new Option('--log-format <format>', 'form of the diagnostics').choices(logFormats));
}

function configOption() {
  return new Option(
    '--config <file>',
    'configuration file; /etc/phantom/phantom.yaml when absent, if it exists',
  );
}

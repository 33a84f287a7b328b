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
  addTrapCommands(root);
  addIncidentCommands(root);
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
    new Command('exempt').description('exemptions of known readers').addCommand(
      new Command('suggest')
        .description('propose exemptions for who touched traps, as YAML for the configuration')
        .option('--log <file>', 'audit log to read; the configured one when absent')
        .option('--since <duration>', 'only what is younger, such as 30m, 24h, 7d')
        .option('--with-hash', 'bind each rule to the SHA-256 of its program')
        .addOption(configOption())
        .action(async (options) => (await import('./exempt.js')).suggest(options)),
    ),
  );
  root.addCommand(
    addRunOptions(
      new Command('demo').description('play an intrusion on this host, for real, and clean up'),
    ).action(async (options) => (await import('./demo.js')).demo(options)),
  );
  for (const command of root.commands) command.copyInheritedSettings(root as unknown as Command);
  return root as unknown as Command;
}

function addTrapCommands(root: Pick<Command, 'addCommand'>): void {
  root.addCommand(
    new Command('kinds')
      .description('list the kinds of traps, those of your own included')
      .option('--json', 'as JSON')
      .addOption(configOption())
      .action(async (options) => (await import('./traps.js')).kinds(options)),
  );
  root.addCommand(
    new Command('plant')
      .description('plant the traps that are missing; a running daemon does it and watches them at once')
      .option('--dry-run', 'say what would be done, and do nothing')
      .option('--suggest', 'propose a manifest for this host instead')
      .addOption(configOption())
      .action(async (options) => (await import('./traps.js')).plant(options)),
  );
  root.addCommand(
    new Command('traps')
      .description('list the traps and what became of them')
      .option('--json', 'as JSON')
      .addOption(configOption())
      .action(async (options) => (await import('./traps.js')).traps(options)),
  );
  root.addCommand(
    new Command('rotate')
      .description('replace traps by new ones with other secrets; the old secrets stay known')
      .argument('[trap...]', 'id or path of a trap; all when absent')
      .addOption(configOption())
      .action(async (names, options) => (await import('./traps.js')).rotate(names, options)),
  );
}

function addIncidentCommands(root: Pick<Command, 'addCommand'>): void {
  const incidents = new Command('incidents')
    .description('list the incidents; works without a daemon')
    .option('--json', 'as JSON')
    .addOption(configOption())
    .action(async (options) => (await import('./incidents.js')).incidents(options));
  incidents
    .command('show')
    .description('who did what: traps, techniques, sessions, files')
    .argument('<incident>', 'id of the incident')
    .option('--json', 'as JSON')
    .addOption(configOption())
    .action(async (id, options) => (await import('./incidents.js')).show(id, options));
  incidents
    .command('replay')
    .description('play the recording of a session in this terminal; what could harm it is left out')
    .argument('<incident>', 'id of the incident')
    .argument('[session]', 'name or number of the recording; may be absent when there is one')
    .option('--speed <factor>', 'so many times as fast', '1')
    .option('--max-idle <seconds>', 'wait at most so long between two events', '2')
    .addOption(configOption())
    .action(async (id, session, options) =>
      (await import('./incidents-replay.js')).replay(id, session, options),
    );
  root.addCommand(incidents as unknown as Command);
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

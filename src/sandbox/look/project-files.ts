import type { DecoyStory } from '../../core/decoy/decoy-story.js';

/** The project folder in a home: names and texts, without a text a folder. No secrets: those stand in traps alone. */
export function projectFiles(story: DecoyStory): (readonly [name: string, text: string | undefined])[] {
  const { project, company, hosts, internalDomain } = story;
  const database = hosts.find(({ role }) => role.includes('database')) ?? hosts[0];
  const at = (name: string) => `${project}/${name}`;
  return [
    [at('deploy'), undefined],
    [at('app'), undefined],
    [
      at('README.md'),
      `# ${project}\n\nInternal service of ${company}.\n\n    make deploy ENV=staging\n    make deploy ENV=production\n`,
    ],
    [
      at('Makefile'),
      `ENV ?= staging\n\ndeploy:\n\t./deploy/deploy.sh $(ENV)\n\nlogs:\n\tjournalctl -u ${project} -n 200\n`,
    ],
    [
      at('deploy/deploy.sh'),
      `#!/bin/bash\nset -e\nenv=$1\nrsync -a --delete app/ "/srv/${project}-$env/"\nsudo systemctl restart "${project}@$env"\n`,
    ],
    [
      at('deploy/production.conf'),
      `[database]\nhost = ${database?.name ?? 'db'}.${internalDomain}\nport = 5432\nname = ${project}\npassword_file = /etc/${project}/db.pass\n`,
    ],
    [
      at('app/settings.py'),
      `import os\n\nDATABASE_HOST = os.environ.get("DATABASE_HOST", "${database?.address ?? 'localhost'}")\nDATABASE_NAME = "${project}"\nREDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")\nDEBUG = False\n`,
    ],
    [at('app/__init__.py'), ''],
  ];
}

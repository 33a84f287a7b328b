// The hexagon, enforced: the core knows no adapter, adapters know only the core, one file composes.
const adapters = '^src/(factory|sensor|process|response|sandbox|decoy|audit|attack|notify)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      comment: 'core/ has no I/O and knows no library',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'adapters-know-only-core',
      comment: 'what two adapters share is a port or a fact of the core',
      severity: 'error',
      from: { path: '^src/(factory|sensor|process|response|sandbox|decoy|audit|attack|notify)/' },
      to: { path: '^src/(?!core/)', pathNot: '^src/$1/' },
    },
    {
      name: 'sensors-know-nothing-of-each-other',
      comment: 'marks/ is no sensor but what several of them use',
      severity: 'error',
      from: { path: '^src/sensor/([^/]+)/' },
      to: { path: '^src/sensor/[^/]+/', pathNot: '^src/sensor/($1|marks)/' },
    },
    {
      name: 'services-hold-nothing',
      comment: 'what parses the bytes of an intruder runs without privilege and reaches nothing else',
      severity: 'error',
      from: { path: '^src/decoy/services/' },
      to: { path: '^(src/decoy/host/|node:child_process|child_process|dockerode|koffi|execa)' },
    },
    {
      name: 'one-composition-root',
      comment: 'only daemon/ joins adapters; commands ask the daemon room',
      severity: 'error',
      from: { pathNot: '^src/(daemon|factory|sensor|process|response|sandbox|decoy|audit|attack|notify)/' },
      to: { path: adapters },
    },
    {
      name: 'production-needs-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '^src/main\\.ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};

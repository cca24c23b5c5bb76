/** The walls of docs/architecture.md, checked. A rule here says which doors a room does not have. */
const rooms = (names) => `^main/(${names})/`;

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'electron-stays-in-the-shell',
      comment: 'Everything but shell/ and index.ts runs, and is tested, in plain Node.',
      severity: 'error',
      from: { path: '^main/', pathNot: '^main/(shell/|index\\.ts$)' },
      to: { path: '(^|node_modules/)electron(/|$)' },
    },
    {
      name: 'electron-store-comes-in-from-outside',
      severity: 'error',
      from: { path: '^main/', pathNot: '^main/(shell/|index\\.ts$)' },
      to: { path: 'node_modules/electron-store' },
    },
    {
      name: 'the-data-plane-knows-no-callers',
      comment: 'points/, qdrant/, archive/, vault/ take plain arguments: no settings, no window, no endpoint.',
      severity: 'error',
      from: { path: rooms('points|qdrant|archive|vault') },
      to: { path: '^(main/(service|jobs|settings|mcp|shell|schedule)/|main/(index|cli)\\.ts$|preload/|renderer/)' },
    },
    {
      name: 'formats-and-server-are-strangers',
      comment: 'A file format knows no Qdrant and Qdrant knows no file format; jobs/ brings them together.',
      severity: 'error',
      from: { path: rooms('archive|vault') },
      to: { path: rooms('qdrant') },
    },
    {
      name: 'qdrant-knows-no-format',
      severity: 'error',
      from: { path: rooms('qdrant') },
      to: { path: rooms('archive|vault') },
    },
    {
      name: 'files-stand-alone',
      comment: 'Safe writing serves every format; it knows none, and nobody who asks for it.',
      severity: 'error',
      from: { path: rooms('files') },
      to: { path: '^(main/(?!files/|faults/|processes/)|preload/|renderer/)' },
    },
    {
      name: 'faces-reach-data-through-the-service',
      severity: 'error',
      from: { path: '^main/(mcp/|shell/|terminal/)' },
      to: { path: rooms('points|qdrant|archive|vault|jobs') },
    },
    {
      name: 'the-window-knows-only-the-contract',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main/|preload/(?!api\\.ts$))' },
    },
    {
      name: 'the-contract-stands-alone',
      severity: 'error',
      from: { path: '^preload/' },
      to: { path: '^(main|renderer)/' },
    },
    {
      name: 'no-junk-rooms',
      severity: 'error',
      from: {},
      to: { path: '^(main|renderer|preload)/.*(utils?|helpers?|common|misc)(/|\\.)' },
    },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'nothing-undeclared',
      severity: 'error',
      from: { path: '^(main|preload|renderer)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

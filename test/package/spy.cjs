// Preloaded into the program: writes what it has loaded, when it ends, to the file that SPY_REPORT names.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const builtins = process.moduleLoadList
    .filter((name) => name.startsWith('NativeModule '))
    .map((name) => name.slice(13));
  writeFileSync(process.env.SPY_REPORT, JSON.stringify({ files: Object.keys(require.cache), builtins }));
});

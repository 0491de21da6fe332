// Preloaded: writes the process's peak memory, in KiB, to the file that PEAK_REPORT names.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  // Linux counts the parent's memory in maxRSS, from before the program was loaded; VmHWM is the process's own.
  const own = existsSync('/proc/self/status') && /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  writeFileSync(process.env.PEAK_REPORT, String(own ? own[1] : process.resourceUsage().maxRSS));
});

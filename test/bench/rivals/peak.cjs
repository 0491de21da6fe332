// Preloaded: writes the process's peak memory, in KiB, to the file that PEAK_REPORT names.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.PEAK_REPORT, String(process.resourceUsage().maxRSS)));

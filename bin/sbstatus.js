#!/usr/bin/env node
import { main } from '../dist/main.js';
import { realWorld } from '../dist/world.js';

const world = realWorld();
process.exitCode = await main(process.argv.slice(2), world);
world.stdin.close();

// Owns the gate of the app: one command, each step in order, the first failure ends it.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const shared = ['--prefix', '../../packages/shared'];
const steps = [
  ['the types are those of the API', 'npm', ['run', ...shared, 'generate:check']],
  ['versions fit the SDK', 'npm', ['run', 'versions']],
  ['lint', 'npm', ['run', 'lint']],
  ['types', 'npm', ['run', 'typecheck']],
  ['tests of the shared package', 'npm', ['test', ...shared]],
  ['tests of the app', 'npm', ['test']],
  ['web export', 'npm', ['run', 'export:web']],
  ['Android bundle', 'npm', ['run', 'export:android']],
];

for (const [name, command, args] of steps) {
  console.log(`\n=== ${name}`);
  const began = Date.now();
  const { status } = spawnSync(command, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error(`\nFAILED: ${name}`);
    process.exit(status ?? 1);
  }
  console.log(`--- ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
console.log('\nAll good.');

// The ten lines that one would write by hand.
import { get } from 'node:http';

const headers = { 'sb-api-key-id': 'bench-key-id', 'sb-api-secret-key': 'bench-secret-key' };
get(process.argv[2], { headers }, (response) => {
  let text = '';
  response.on('data', (chunk) => {
    text += chunk;
  });
  response.on('end', () => process.stdout.write(`${JSON.stringify(JSON.parse(text).data.status)}\n`));
});

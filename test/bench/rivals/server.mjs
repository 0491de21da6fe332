// Answers both providers' look-ups with the bodies of their reference pages, for any id; prints its address.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const fixture = (name) => JSON.stringify(JSON.parse(readFileSync(`test/fixtures/${name}.json`, 'utf8')));
const sendblue = fixture('sendblue/retrieve-documented').split('msg_abc123def456');
const sent = fixture('sent/message-documented').split('8ba7b830-9dad-11d1-80b4-00c04fd430c8');

const server = createServer(({ url }, response) => {
  const id = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
  const body = Buffer.from((url.startsWith('/v3/') ? sent : sendblue).join(id));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));

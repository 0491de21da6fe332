import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

/** What a name server says to a question: addresses, an error, or nothing at all. */
export type Said = readonly string[] | 'no such name' | 'refused' | 'failed' | 'silence';

/** A question: the name and the kind of record, such as `api.example AAAA`. */
export type Records = Readonly<Record<string, Said>>;

export interface NameServer {
  /** `address:port` */
  readonly address: string;
  /** The questions so far, in their order. */
  readonly questions: readonly string[];
}

const kinds: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA' };
const codes = { failed: 2, 'no such name': 3, refused: 5, silence: 0 } as const;

/** A DNS server on loopback, over UDP, until the test ends. A question that it does not know of has no answer: no data. */
export async function startNameServer(records: Records): Promise<NameServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const question = questionOf(query);
    questions.push(question.text);
    const said = records[question.text] ?? [];
    if (said !== 'silence') socket.send(replyTo(query, question.end, said), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return { address: `127.0.0.1:${socket.address().port}`, questions };
}

/** RFC 1035 §4.1: a header of 12 bytes, then labels with their lengths, a zero, type and class. */
function questionOf(query: Buffer): { readonly text: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { text: `${labels.join('.')} ${kinds[query.readUInt16BE(at + 1)]}`, end: at + 5 };
}

function replyTo(query: Buffer, end: number, said: Exclude<Said, 'silence'>): Buffer {
  const addresses = typeof said === 'string' ? [] : said;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (typeof said === 'string' ? codes[said] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.subarray(12, end), ...addresses.map(recordOf)]);
}

/** The name (a pointer to the question's), type, class, 60 s, length, address. */
function recordOf(address: string): Buffer {
  const bytes = address.includes(':') ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const type = bytes.length === 16 ? 28 : 1;
  return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length]), bytes]);
}

/** Of an address with one `::`, or none. */
function ipv6Bytes(address: string): Buffer {
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

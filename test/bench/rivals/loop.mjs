/** Asks for COUNT ids under URL with CONCURRENCY workers, and writes each state as a line. */
export async function loop(ask) {
  const [url, count, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const { data } = await ask(`${url}/msg_${next}`);
      process.stdout.write(`${JSON.stringify({ id: data.message_handle, state: data.status })}\n`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

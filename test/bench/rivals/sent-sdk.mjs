// One look-up with Sent's own library; address and key come from its environment variables.
import SentDm from '@sentdm/sentdm';

const { data } = await new SentDm().messages.retrieveStatus('8ba7b830-9dad-11d1-80b4-00c04fd430c8');
process.stdout.write(`${JSON.stringify(data.status)}\n`);

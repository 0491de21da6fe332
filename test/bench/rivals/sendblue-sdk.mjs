// One look-up with Sendblue's own library; address and keys come from its environment variables.
import SendblueAPI from 'sendblue';

const { data } = await new SendblueAPI().messages.retrieve('msg_abc123def456');
process.stdout.write(`${JSON.stringify(data.status)}\n`);

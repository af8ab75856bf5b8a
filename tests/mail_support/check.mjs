// In: a JSON list of [name, html]. Out: a JSON list of what a client does not do: {sample, client, feature, support, notes}.
import { readFileSync } from 'node:fs';
import { caniemail } from 'caniemail';

const CLIENTS = [
  'gmail.*', 'outlook.windows', 'outlook.outlook-com', 'outlook.macos', 'outlook.android', 'outlook.ios',
  'apple-mail.*', 'yahoo.*', 'samsung-email.android',
];
const found = [];
for (const [sample, html] of JSON.parse(readFileSync(0, 'utf8'))) {
  const { issues } = caniemail({ clients: CLIENTS, html });
  for (const kind of ['errors', 'warnings']) {
    for (const [client, each] of issues[kind]) {
      for (const { title, notes, support } of each) found.push({ sample, client, feature: title, support, notes });
    }
  }
}
process.stdout.write(JSON.stringify(found));

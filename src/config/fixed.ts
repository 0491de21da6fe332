import type { Provider, Setting } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { Settings } from '../core/settings.ts';

/** Settings out of plain values that need no rules, such as the mock's; defaults fill the gaps. */
export function fixedSettings(provider: Provider, values: Readonly<Record<string, string>>): Settings {
  const settings = new Map<string, string | URL | Secret>();
  for (const [key, setting] of Object.entries(provider.settings)) {
    const value = Object.hasOwn(values, key) ? values[key] : setting.default;
    if (value !== undefined && value !== '') settings.set(key, typed(setting, value));
  }
  return new Settings(settings);
}

function typed(setting: Setting, value: string): string | URL | Secret {
  if (setting.kind === 'text') return value;
  return setting.kind === 'url' ? new URL(value) : new Secret(value, setting.env[0] ?? setting.what);
}

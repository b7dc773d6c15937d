export { bumpSettingsVersion } from './bump-settings-version.ts';
export { currentLedgerSettings } from './current-ledger-settings.ts';
export {
  loadSettings,
  readLayer,
  SETTINGS_VERSION,
  type StoredSettings,
  settingsVersion,
} from './rule-settings.ts';
export { type LayerChange, saveSettingsLayer } from './save-settings-layer.ts';

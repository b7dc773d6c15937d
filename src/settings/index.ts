export { bumpSettingsVersion } from './bump-settings-version.ts';
export { currentLedgerSettings, storedLedgerSettings } from './current-ledger-settings.ts';
export { type Layer, type LayerChain, layerChains } from './layer-chains.ts';
export { ownSettings, readOwnSettings } from './own-settings.ts';
export {
  type ChangedPreference,
  joinPreferences,
  readPreferences,
  savePreference,
} from './preferences.ts';
export { removeSettingsLayer } from './remove-settings-layer.ts';
export {
  loadSettings,
  readLayer,
  SETTINGS_VERSION_JOIN,
  type StoredSettings,
  settingsVersion,
} from './rule-settings.ts';
export { saveSettingsLayer } from './save-settings-layer.ts';
export { settingsForClient } from './settings-for-client.ts';
export { type LayerOfRule, type VersionToRestore, versionToRestore } from './version-to-restore.ts';

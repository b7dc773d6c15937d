export {
  ConfigurationError,
  Fault,
  InvariantError,
  RuleError,
  StorageError,
  WhmcsError,
} from './errors.ts';
export {
  createLogger,
  createStderrLogger,
  LOG_LEVELS,
  type Logger,
  type LogLevel,
} from './logger.ts';
export { moduleBeside } from './module-beside.ts';
export { newId } from './new-id.ts';
export { SERVICE_VERSION } from './version.ts';

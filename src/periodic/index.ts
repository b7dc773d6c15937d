/** Work that is done again and again: taking turns among replicas, and item by item so that one failure stops no other. */
export {
  allBatches,
  codeOf,
  concernsAll,
  createEachAlone,
  type EachAlone,
  type Failure,
  type ItemName,
} from './each-alone.ts';
export { startPeriodicTask } from './periodic-task.ts';
export { forgetSetAside, idsSetAside, setAside } from './set-aside.ts';

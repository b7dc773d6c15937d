export { allPages, createEachAlone, type EachAlone, type ItemName } from './each-alone.ts';
export { startPeriodicTask } from './periodic-task.ts';
export { createSetAsideStore } from './set-aside-store.ts';

/** The HTTP side: its ports to other rooms, and how to start it. */
export { createApiRouter } from './api/create-api-router.ts';
export { createStrangerCounter } from './count-strangers.ts';
export { createHttpApp } from './create-http-app.ts';
export { createMetricsApp } from './create-metrics-app.ts';
export { createDoorbell } from './doorbell-client.ts';
export { deliveriesEndpoint } from './endpoints/deliveries.ts';
export { manifestEndpoint } from './endpoints/manifest.ts';
export { pageEndpoint } from './endpoints/page.ts';
export { pairEndpoint } from './endpoints/pair.ts';
export { runEndpoint } from './endpoints/run.ts';
export { ListenError, type Listening, listen } from './listen.ts';
export type { HttpMetrics, Readiness } from './ports.ts';
export { createRefusalLog, remedyFor } from './refusal-log.ts';
export { addStrangers, STRANGERS_PREFIX } from './stranger-counts.ts';

import manifest from '../../package.json' with { type: 'json' };

/** The version of the service, as the shim and the addon page see it. */
export const SERVICE_VERSION: string = manifest.version;

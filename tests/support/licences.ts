import { z } from 'zod';

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

/** A package that is installed with the service. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** As its `package.json` says, an SPDX expression; empty when it says none. */
  readonly licence: string;
}

/** What `npm ci --omit=dev` installs, by the lock file; each version once. */
export function shippedPackages(packageLock: string): readonly ShippedPackage[] {
  const { packages } = lockFile.parse(JSON.parse(packageLock));
  const shipped = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version = '', license = '' }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, licence: license };
    });
  const unique = new Map(shipped.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.values()].toSorted((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
}

/** The page with all of them. */
export function licencesPage(packages: readonly ShippedPackage[]): string {
  const rows = packages.map(
    ({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`,
  );
  return `# What ships, and under which licence

Credit Bridge itself is under the licence in \`LICENSE\`. The addon holds no code of others. The service is installed with the packages
below. \`npm run lists\` writes this page from \`package-lock.json\`, and a test fails when it is out of date or a licence is not
permissive.

\`npm audit signatures\` checks that the registry signed each of them; it needs the registry's keys, hence the internet.

| package | version | licence |
| --- | --- | --- |
${rows.join('\n')}
`;
}

import { afterAll, afterEach, expect } from 'vitest';
import { type Browsing, startBrowsing } from './browsing.ts';
import { type Installation, type InstallationOptions, startInstallation } from './installation.ts';
import { expectNoPhpFaults } from './look-for-faults.ts';
import { testDatabaseServer } from './test-database-server.ts';

/**
 * A whole installation and people with browsers, for one test file: to be called where it begins, outside of any test. After each
 * test neither PHP nor a browser has complained; after the last one everything is stopped.
 */
export async function walkInstallation(
  options: InstallationOptions = {},
): Promise<{ readonly installation: Installation; readonly browsing: Browsing }> {
  const installation = await startInstallation(testDatabaseServer(), options);
  const browsing = await startBrowsing(installation.standIn).catch(async (fault: unknown) => {
    await installation.stop();
    throw fault;
  });
  afterEach(async () => {
    await expectNoPhpFaults(installation.database);
    expect(browsing.faults()).toEqual([]);
  });
  afterAll(async () => {
    await browsing.close();
    await installation.stop();
  });
  return { installation, browsing };
}

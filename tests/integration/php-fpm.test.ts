import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startFpm } from '../support/fpm.ts';
import { removeAtExit, removeFolder } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-fpm-test-'));
removeAtExit(folder);
const fpm = await startFpm({ env: { GREETING: 'hello' }, ini: { 'date.timezone': 'Asia/Tokyo' } });
afterAll(async () => {
  await fpm.stop();
  removeFolder(folder);
});

test('PHP-FPM hands on the request, the environment and the settings', async () => {
  const script = join(folder, 'echo.php');
  writeFileSync(
    script,
    `<?php http_response_code(418); header('X-Kind: test');
     echo json_encode([getenv('GREETING'), $_GET, $_POST, date_default_timezone_get()]);`,
  );
  const answer = await fpm.request({ script, query: 'a=1', body: 'b=%C3%BC' });
  expect(answer.status).toBe(418);
  expect(answer.headers.get('x-kind')).toBe('test');
  expect(JSON.parse(answer.body)).toEqual(['hello', { a: '1' }, { b: 'ü' }, 'Asia/Tokyo']);
});

test('a page finished early is with its visitor before its work is done', async () => {
  const script = join(folder, 'late.php');
  const mark = join(folder, 'mark');
  const go = join(folder, 'go');
  writeFileSync(
    script,
    `<?php echo 'page'; fastcgi_finish_request();
     for ($i = 0; $i < 3000 && !file_exists('${go}'); $i++) { usleep(20000); }
     file_put_contents('${mark}', 'done');`,
  );
  const answer = await fpm.request({ script });
  expect(answer.body).toBe('page');
  expect(() => readFileSync(mark)).toThrow();
  writeFileSync(go, '');
  await expect.poll(() => readFileSync(mark, 'utf8'), { timeout: 60_000 }).toBe('done');
});

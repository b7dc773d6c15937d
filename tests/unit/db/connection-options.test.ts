import { expect, test } from 'vitest';
import { connectionOptions } from '../../../src/db/connection-options.ts';

test('an address gives host, port, account and database, decoded', () => {
  expect(connectionOptions('mysql://us%40er:p%2Fw@db.example:3307/whm_cs')).toMatchObject({
    host: 'db.example',
    port: 3307,
    user: 'us@er',
    password: 'p/w',
    database: 'whm_cs',
    connectionLimit: 16,
  });
});

test('a socket takes the place of host and port, and brackets of IPv6 are not part of the host', () => {
  const options = connectionOptions('mysql://user:pw@localhost/db?socket=/run/mysqld.sock');
  expect(options).toMatchObject({ socketPath: '/run/mysqld.sock' });
  expect(options.host).toBeUndefined();
  expect(connectionOptions('mysql://user:pw@[::1]/db')).toMatchObject({ host: '::1', port: 3306 });
});

test('no other option of the driver can be set by the address', () => {
  const options = connectionOptions('mysql://u:p@h/db?multipleStatements=true&decimalNumbers=true');
  expect(options.multipleStatements).toBeUndefined();
  expect(options.decimalNumbers).toBeUndefined();
});

test.each(['', 'postgres://u:p@h/db', 'mysql://h/db', 'mysql://u:secret-pw@h/'])(
  'the address "%s" is refused without repeating it',
  (address) => {
    expect(() => connectionOptions(address)).toThrow(/not of the form/);
    expect(() => connectionOptions(address)).not.toThrow(/secret-pw/);
  },
);

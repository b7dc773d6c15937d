<?php

/**
 * Runs the tests inside a stand-in WHMCS: its files and the unmodified shim in a temporary folder, a real MariaDB, the
 * real Capsule. CREDITBRIDGE_TEST_DATABASE names the database server (mysql://user:password@host:port; the account must
 * be allowed to create databases). Otherwise a private server starts and ends with the tests.
 */

declare(strict_types=1);

namespace CreditBridge\Tests;

use CreditBridge\Tests\Support\Instance;

spl_autoload_register(static function (string $class): void {
    if (strncmp($class, 'CreditBridge\\Tests\\', 19) === 0) {
        $file = __DIR__ . '/' . str_replace('\\', '/', substr($class, 19)) . '.php';
        if (is_file($file)) {
            require_once $file;
        }
    }
});

define('ROOTDIR', Instance::create());
define('WHMCS', true);
require ROOTDIR . '/standin/autoload.php';
require ROOTDIR . '/standin/functions.php';
\StandIn\Platform\Boot::run(require ROOTDIR . '/configuration.php');
require_once ROOTDIR . '/modules/addons/creditbridge/lib/autoload.php';

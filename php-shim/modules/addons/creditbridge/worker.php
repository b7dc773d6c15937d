<?php

/**
 * Sends spooled hooks and runs commands; for crontab or a service unit. See --help.
 */

declare(strict_types=1);

if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}

$root = dirname(__DIR__, 3);
if (!is_file($root . '/init.php')) {
    fwrite(STDERR, 'worker.php cannot load WHMCS: there is no ' . $root . "/init.php. Is the module where WHMCS expects it?\n");
    exit(1);
}
try {
    require_once $root . '/init.php';
    require_once __DIR__ . '/lib/autoload.php';
    $code = \WHMCS\Module\Addon\Creditbridge\Work\Worker::main(array_slice($argv, 1));
} catch (Throwable $fault) {
    fwrite(STDERR, 'worker.php cannot work: ' . $fault->getMessage() . "\n");
    $code = 1;
}
exit($code);

<?php

/**
 * Loads the module's classes: WHMCS\Module\Addon\Creditbridge\Foo\Bar is lib/Foo/Bar.php. WHMCS loads lib/ by the same
 * rule (whmcs.md §6). With this file the hooks, worker.php, doorbell.php and the tests do not depend on when WHMCS
 * starts to do so.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $prefix = 'WHMCS\\Module\\Addon\\Creditbridge\\';
    if (strncmp($class, $prefix, strlen($prefix)) !== 0) {
        return;
    }
    $file = __DIR__ . '/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    if (is_file($file)) {
        require_once $file;
    }
});

<?php

/**
 * WHMCS loads this file on every page (whmcs.md §4.1), so it does as little as possible: one query, no HTTP, none of
 * our classes. The callbacks load classes when a hook fires.
 */

declare(strict_types=1);

use WHMCS\Database\Capsule;

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

(static function (): void {
    try {
        $row = Capsule::table('mod_creditbridge_settings')
            ->selectRaw('*, UTC_TIMESTAMP(6) AS now_utc')
            ->where('id', 1)
            ->first();
    } catch (Throwable $notActivated) {
        return;
    }
    if ($row === null || $row->state === 'copy') {
        // Not activated, or a copy that no admin has turned on: register nothing.
        return;
    }
    $manifest = json_decode((string) $row->manifest, true);
    $forwarded = is_array($manifest) && is_array($manifest['hooks'] ?? null) ? array_keys($manifest['hooks']) : [];
    $own = [
        'AfterCronJob', 'PreCronJob', 'DailyCronJob', 'AddonModuleConfigSave',
        'ClientAreaHeaderOutput', 'ClientAreaPrimaryNavbar', 'AdminHomepage',
        'PreShoppingCartCheckout', 'AfterShoppingCartCheckout',
    ];
    // Runs after other modules on the same hook, so that the service sees their result.
    $priority = 1000;
    foreach (array_unique(array_merge($forwarded, $own)) as $hook) {
        add_hook($hook, $priority, static function ($vars = []) use ($hook, $row) {
            $autoload = __DIR__ . '/lib/autoload.php';
            try {
                // While a release is copied over another, a page may find some files new, half written or missing.
                if (!is_file($autoload)) {
                    throw new RuntimeException('lib/autoload.php is missing');
                }
                require_once $autoload;

                return \WHMCS\Module\Addon\Creditbridge\Hook\Dispatcher::handle((string) $hook, $vars, $row);
            } catch (Throwable $fault) {
                error_log('Credit Bridge did not hear of ' . $hook . ': ' . $fault->getMessage());
                return null;
            }
        });
    }
})();

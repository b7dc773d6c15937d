<?php

/**
 * Loaded by WHMCS on every page (whmcs.md §4.1), so this does as little as possible: one query, no HTTP, no class of
 * ours. Classes are loaded by the callbacks, when a hook fires.
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
        // Not activated, or a copy that an admin has not turned on: as if the module were not there.
        return;
    }
    $manifest = json_decode((string) $row->manifest, true);
    $forwarded = is_array($manifest) && is_array($manifest['hooks'] ?? null) ? array_keys($manifest['hooks']) : [];
    $own = [
        'AfterCronJob', 'PreCronJob', 'DailyCronJob', 'AddonModuleConfigSave',
        'ClientAreaHeaderOutput', 'ClientAreaPrimaryNavbar', 'AdminHomepage',
        'PreShoppingCartCheckout', 'AfterShoppingCartCheckout',
    ];
    // After other modules of the same hook: what is told to the service is what they have left.
    $priority = 1000;
    foreach (array_unique(array_merge($forwarded, $own)) as $hook) {
        add_hook($hook, $priority, static function ($vars = []) use ($hook, $row) {
            require_once __DIR__ . '/lib/autoload.php';

            return \WHMCS\Module\Addon\Creditbridge\Hook\Dispatcher::handle((string) $hook, $vars, $row);
        });
    }
})();

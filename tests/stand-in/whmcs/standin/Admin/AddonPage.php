<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Addon\AddonModules;

/** addonmodules.php?module=…: what <name>_output echoes, for the roles in `access` (whmcs.md §6). The module checks tokens itself. */
final class AddonPage
{
    public static function handle(string $module): void
    {
        Admin::demand('Addon Modules');
        if (!in_array($module, AddonModules::available(), true) || !AddonModules::isActive($module)) {
            AdminPage::show('Addon Modules', '<div class="alert alert-info">No such module is active.</div>');
            return;
        }
        if (!in_array(Admin::roleId(), AddonModules::roles($module), true)) {
            AdminPage::show('Access Denied', '<div class="alert alert-danger">Your role may not open this module.</div>');
            return;
        }
        AddonModules::upgradeIfNewer($module);
        ob_start();
        AddonModules::call($module, 'output', AddonModules::variables($module));
        $html = (string) ob_get_clean();
        AdminPage::show((string) AddonModules::config($module)['name'], $html);
    }
}

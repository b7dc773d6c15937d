<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * WHMCS calls it when an admin first opens the module after a change of version (whmcs.md §6). Cron does the same if it
 * comes first.
 */
final class Upgrade
{
    public static function run(string $from): void
    {
        Attempt::to('upgrade', static function () use ($from): void {
            Schema::create();
            Schema::upgrade(Settings::load());
            Log::activity('upgraded from ' . $from . ' to ' . Limits::VERSION . '.');
        });
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Called at the first look at the module after its version changed (whmcs.md §6); cron does the same, whichever is
 * first.
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

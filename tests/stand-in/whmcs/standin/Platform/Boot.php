<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** Brings a request to the point where page code runs: database, settings, clock, session, hooks. */
final class Boot
{
    /** @param array<string, string> $configuration What the instance's configuration.php returns. */
    public static function run(array $configuration): void
    {
        error_reporting(E_ALL);
        Instance::configure($configuration);
        date_default_timezone_set(Instance::get('timezone'));
        ErrorLog::install();
        Db::connect();
        Switches::load();
        if (Switches::get('nine_mutable') === 'on') {
            // As the line in configuration.php would (whmcs.md §0).
            $GLOBALS['allow_adminarea_invoice_mutation'] = true;
        }
        Clock::load();
        Settings::load();
        if (PHP_SAPI !== 'cli') {
            self::startSession();
        }
        HookFiles::load();
    }

    private static function startSession(): void
    {
        session_name('WHMCSStandIn');
        session_save_path(Instance::get('sessions'));
        session_start();
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Command\Ceilings;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\Configuration;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Creates tables and secrets, measures what the executor needs, and says what to do next. Safe to repeat.
 */
final class Activate
{
    public static function run(): array
    {
        try {
            Autocommit::restore();
            Schema::create();
            self::makeRow();
            Secrets::make();
            $settings = Settings::load();
            Schema::upgrade($settings);
            $settings->leave(Settings::STATE_INACTIVE, Settings::STATE_NEW);
            // From the history before the service could add to it.
            Ceilings::makeAll();
            Configuration::take($settings);
            Snapshot::refresh($settings);
        } catch (Throwable $fault) {
            Log::fault('activate', $fault);
            return ['status' => 'error', 'description' => 'Credit Bridge could not be set up: ' . DatabaseFault::words($fault)];
        }
        return [
            'status' => 'success',
            'description' => 'Credit Bridge is set up. Next: 1. Configure it here: service URL, acting admin, and which admin'
                . ' roles may open it. 2. Open Addons > Credit Bridge > Connection, press Show the secrets, put both lines into'
                . ' the settings of the service and start it. 3. Press Test the connection. Nothing changes in WHMCS until'
                . ' you switch something on.',
        ];
    }

    private static function makeRow(): void
    {
        Database::change(
            'INSERT IGNORE INTO mod_creditbridge_settings'
            . ' (id, schema_number, installation, manifest, fingerprint, whmcs) VALUES (1, ?, ?, ?, ?, ?)',
            [Schema::NUMBER, Uuid::v7(), '{"hooks":{}}', Json::encode(Fingerprint::here()), '{}']
        );
    }
}

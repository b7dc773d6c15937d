<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * Gives back what was taken from WHMCS. Tables, secrets and what was not sent stay, for the next activation.
 */
final class Deactivate
{
    public static function run(): array
    {
        try {
            AutomaticUse::giveBack(Settings::load(), 'Credit Bridge was deactivated.');
            $waiting = Spool::backlog()['waiting'];
        } catch (Throwable $fault) {
            Log::fault('deactivate', $fault);
            return [
                'status' => 'error',
                'description' => 'Credit Bridge is off, but Automatic Credit Use could not be checked: '
                    . $fault->getMessage() . ' Look at General Settings > Credit.',
            ];
        }
        return [
            'status' => 'success',
            'description' => 'Credit Bridge is off. Its tables and ' . $waiting . ' unsent notices were kept.',
        ];
    }
}

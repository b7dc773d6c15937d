<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\ModuleFunction;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\SelfTest\CutOffTrial;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * Switches Automatic Credit Use on again if Credit Bridge switched it off. Tables, secrets and unsent hooks stay for
 * the next activation.
 */
final class Deactivate
{
    public static function run(): array
    {
        try {
            Autocommit::restore();
            AutomaticUse::giveBack(Settings::load(), 'Credit Bridge was deactivated.');
            // Nobody looks any more once the addon is off.
            Attempt::to('trial', static function (): void {
                CutOffTrial::cleanUp(Settings::load());
            });
            $settings = Settings::load();
            foreach ([Settings::STATE_PAIRED, Settings::STATE_NEW] as $state) {
                $settings->leave($state, Settings::STATE_INACTIVE);
            }
            $waiting = Spool::backlog()['told'];
        } catch (Throwable $fault) {
            Log::fault('deactivate', $fault);
            return [
                'status' => 'error',
                'description' => 'Credit Bridge is off, but Automatic Credit Use could not be checked: '
                    . DatabaseFault::words($fault) . ' Check General Settings > Credit.',
            ];
        }
        return [
            'status' => 'success',
            'description' => 'Credit Bridge is off. Its tables and ' . $waiting . ' unsent hooks were kept.',
        ];
    }
}

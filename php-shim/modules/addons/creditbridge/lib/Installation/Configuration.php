<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The fields of the Addon Modules page, which WHMCS keeps in tbladdonmodules, taken over into our settings row.
 */
final class Configuration
{
    const MODULE = 'creditbridge';

    public static function take(Settings $settings): void
    {
        $fields = self::stored();
        $url = $settings->text('state') === Settings::STATE_COPY ? '' : trim($fields['service_url'] ?? '');
        $hours = (int) ($fields['give_back_after_hours'] ?? 0);
        $settings->reload();
        $hasNewAddress = $url !== $settings->text('service_url');
        $settings->write([
            'service_url' => mb_substr($url, 0, 255),
            'acting_admin' => mb_substr(trim($fields['acting_admin'] ?? ''), 0, 128),
            'veto_when_down' => ($fields['veto_when_down'] ?? '') === 'closed' ? 'closed' : 'open',
            'give_back_after_hours' => max(0, min($hours, 8760)),
        ]);
        if ($hasNewAddress) {
            // Another address is another service until it has shown that it sees this database.
            $settings->write([
                'state' => $settings->isPaired() ? Settings::STATE_NEW : $settings->text('state'),
                'breaker_failures' => 0,
                'breaker_open_until' => null,
                'breaker_probe_until' => null,
                'breaker_reason' => '',
            ]);
        }
        ActingAdmin::forget();
        Snapshot::refresh($settings);
    }

    /** @return array<string, string> */
    private static function stored(): array
    {
        $rows = Database::rows('SELECT setting, value FROM tbladdonmodules WHERE module = ?', [self::MODULE]);

        return array_map('strval', array_column($rows, 'value', 'setting'));
    }
}

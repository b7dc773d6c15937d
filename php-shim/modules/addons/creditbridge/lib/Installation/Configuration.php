<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * Copies the fields of the Addon Modules page, which WHMCS keeps in tbladdonmodules, into our settings row.
 */
final class Configuration
{
    const MODULE = 'creditbridge';

    /**
     * Copies what differs. WHMCS reports a change (AddonModuleConfigSave) only to modules that were active before, so
     * cron and the addon page check too.
     */
    public static function take(Settings $settings): void
    {
        $settings->reload();
        $fields = self::stored();
        $url = $settings->text('state') === Settings::STATE_COPY ? '' : trim($fields['service_url'] ?? '');
        $wanted = [
            'service_url' => Text::storable($url, 255),
            'acting_admin' => Text::storable(trim($fields['acting_admin'] ?? ''), 128),
            'veto_when_down' => ($fields['veto_when_down'] ?? '') === 'closed' ? 'closed' : 'open',
            'give_back_after_hours' => (string) max(0, min((int) ($fields['give_back_after_hours'] ?? 0), 8760)),
        ];
        $changed = array_filter($wanted, static function (string $value, string $column) use ($settings): bool {
            return $value !== $settings->text($column);
        }, ARRAY_FILTER_USE_BOTH);
        if (isset($changed['service_url'])) {
            // A new address counts as another service until it proves that it sees this database.
            $changed += [
                'state' => $settings->isPaired() ? Settings::STATE_NEW : $settings->text('state'),
                'breaker_failures' => 0,
                'breaker_open_until' => null,
                'breaker_probe_until' => null,
                'breaker_reason' => '',
            ];
        }
        if ($changed !== []) {
            $settings->write($changed);
            ActingAdmin::forget();
            Snapshot::refresh($settings);
        }
    }

    /** @return array<string, string> */
    private static function stored(): array
    {
        $rows = Database::rows('SELECT setting, value FROM tbladdonmodules WHERE module = ?', [self::MODULE]);

        return array_map('strval', array_column($rows, 'value', 'setting'));
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\Lock;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * WHMCS's *Automatic Credit Use* (`NoAutoApplyCredit`, inverted; whmcs.md §1.1). Only an admin's click switches it off.
 * It is switched on again if nobody changed it since.
 *
 * Two places tell of it: WHMCS's setting, and our row, which says that Credit Bridge switched it off. Our row is written
 * first and cleared last. So if PHP dies between the two, the setting is on and our row is too much; agree() clears it.
 * The other way round the setting would stay off, and nobody would give it back.
 */
final class AutomaticUse
{
    const SETTING = 'NoAutoApplyCredit';

    public static function isOn(): bool
    {
        return !WhmcsSetting::isOn(WhmcsSetting::readAll([self::SETTING])[self::SETTING]);
    }

    /** Whether Credit Bridge switched it off. */
    public static function isOurs(Settings $settings): bool
    {
        return $settings->text('automatic_use_before') !== '';
    }

    /**
     * Switches it off. Only after a full round trip: otherwise nothing would apply credit.
     *
     * @param string $actor who switches it off, as Audit names them
     * @throws RuntimeException with a sentence for the admin
     */
    public static function takeOver(Settings $settings, string $actor): void
    {
        if (!$settings->isPaired()) {
            throw new RuntimeException('Pair with the service first: until then nothing else applies credit.');
        }
        if (!self::isOn()) {
            throw new RuntimeException('Automatic Credit Use is off already.');
        }
        $lock = self::lock($settings);
        if (!Lock::take($lock)) {
            throw new RuntimeException('Another admin is changing Automatic Credit Use at this moment. Look again.');
        }
        try {
            Audit::recorded($actor, 'automatic-use-take-over', [], static function () use ($settings): bool {
                // The column is NULL unless Credit Bridge switched the setting off; "on" is the value before.
                $settings->write(['automatic_use_before' => 'on']);
                return true;
            });
            self::set('on');
        } finally {
            Lock::release($lock);
            self::agree($settings);
        }
    }

    /**
     * Switches it on again. If an admin has changed it since, the admin's choice stays.
     *
     * @param array $details for the audit
     * @return bool whether Credit Bridge had switched it off
     */
    public static function giveBack(Settings $settings, string $why, string $actor = Audit::SHIM, array $details = []): bool
    {
        if (!self::isOurs($settings)) {
            return false;
        }
        if (!self::isOn()) {
            self::set('');
            Log::activity('Automatic Credit Use is on again: ' . $why);
        }
        self::forget($settings, $actor, 'automatic-use-give-back', $details);

        return true;
    }

    /**
     * Clears our row if WHMCS's setting is on: then there is nothing to give back. PHP died while it was switched off
     * or given back, or an admin switched it on in WHMCS. Kept, the row would later undo an admin's own choice.
     */
    public static function agree(Settings $settings): void
    {
        if (!self::isOurs($settings) || !self::isOn()) {
            return;
        }
        $lock = self::lock($settings);
        if (!Lock::take($lock)) {
            // Another process is just switching it off.
            return;
        }
        try {
            $settings->reload();
            if (self::isOurs($settings) && self::isOn()) {
                self::forget($settings, Audit::SHIM, 'automatic-use-found-on');
                Log::activity('Automatic Credit Use is on in WHMCS, so it no longer counts as switched off by Credit Bridge.');
            }
        } finally {
            Lock::release($lock);
        }
    }

    /**
     * Switches it on again if the service was not seen for the time that the admin set. A service that runs but cannot
     * be reached from here (a wrong secret, a firewall) counts too: then the oldest hook has waited that long.
     */
    public static function giveBackWhenForsaken(Settings $settings): void
    {
        $hours = $settings->number('give_back_after_hours');
        if ($hours === 0 || !self::isOurs($settings)) {
            return;
        }
        $isForsaken = (int) Database::value(
            'SELECT COALESCE(service_seen_at, UTC_TIMESTAMP(6) - INTERVAL 10 YEAR) < UTC_TIMESTAMP(6) - INTERVAL ? HOUR'
            . " OR ((breaker_failures > 0 OR state = 'new') AND EXISTS (SELECT 1 FROM mod_creditbridge_spool"
            . ' WHERE created_at < UTC_TIMESTAMP(6) - INTERVAL ? HOUR))'
            . ' FROM mod_creditbridge_settings WHERE id = 1',
            [$hours, $hours]
        ) === 1;
        if ($isForsaken) {
            self::giveBack($settings, 'the service was not reached for ' . $hours . ' hours.', Audit::SHIM, [
                'withoutServiceHours' => $hours,
            ]);
        }
    }

    private static function forget(Settings $settings, string $actor, string $act, array $details = []): void
    {
        Audit::recorded($actor, $act, $details, static function () use ($settings): bool {
            $settings->write(['automatic_use_before' => null]);
            return true;
        });
    }

    private static function lock(Settings $settings): string
    {
        return 'automatic-use:' . $settings->text('installation');
    }

    /** SetConfigurationValue exists for localAPI only (whmcs.md §3.1). */
    private static function set(string $value): void
    {
        LocalApi::demand('SetConfigurationValue', ['setting' => self::SETTING, 'value' => $value]);
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * WHMCS's *Automatic Credit Use* (`NoAutoApplyCredit`, inverted; whmcs.md §1.1). Only an admin's click switches it off.
 * It is switched on again if nobody changed it since.
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
     * @throws RuntimeException with a sentence for the admin
     */
    public static function takeOver(Settings $settings): void
    {
        if (!$settings->isPaired()) {
            throw new RuntimeException('Pair with the service first: until then nothing else applies credit.');
        }
        if (!self::isOn()) {
            throw new RuntimeException('Automatic Credit Use is off already.');
        }
        self::set('on');
        // The column is NULL unless Credit Bridge switched the setting off; "on" is the value before.
        $settings->write(['automatic_use_before' => 'on']);
        Log::activity('Automatic Credit Use was switched off by an admin; Credit Bridge applies credit now.');
    }

    /**
     * Switches it on again. If an admin has changed it since, the admin's choice stays.
     *
     * @return bool whether Credit Bridge had switched it off
     */
    public static function giveBack(Settings $settings, string $why): bool
    {
        if (!self::isOurs($settings)) {
            return false;
        }
        if (!self::isOn()) {
            self::set('');
            Log::activity('Automatic Credit Use is on again: ' . $why);
        }
        $settings->write(['automatic_use_before' => null]);

        return true;
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
            self::giveBack($settings, 'the service was not reached for ' . $hours . ' hours.');
            Audit::byItself('automatic-use-give-back', Audit::INSTALLATION, ['withoutServiceHours' => $hours]);
        }
    }

    /** SetConfigurationValue exists for localAPI only (whmcs.md §3.1). */
    private static function set(string $value): void
    {
        LocalApi::demand('SetConfigurationValue', ['setting' => self::SETTING, 'value' => $value]);
    }
}

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
 * WHMCS's *Automatic Credit Use* (`NoAutoApplyCredit`, inverted; whmcs.md §1.1). Switched off only by an admin's
 * click, and given back if it is still ours.
 */
final class AutomaticUse
{
    const SETTING = 'NoAutoApplyCredit';

    public static function isOn(): bool
    {
        return !WhmcsSetting::isOn(WhmcsSetting::readAll([self::SETTING])[self::SETTING]);
    }

    /** Whether it was we who switched it off. */
    public static function isOurs(Settings $settings): bool
    {
        return $settings->text('automatic_use_before') !== '';
    }

    /**
     * Credit Bridge takes over: only after a full round trip, or invoices would get no credit from anyone.
     *
     * @throws RuntimeException with a sentence for the admin
     */
    public static function takeOver(Settings $settings): void
    {
        if (!$settings->isPaired()) {
            throw new RuntimeException('Pair with the service first: until then nobody else would apply credit.');
        }
        if (!self::isOn()) {
            throw new RuntimeException('Automatic Credit Use is off already.');
        }
        self::set('on');
        // A column of eight characters that is NULL while the setting is not ours; "on" is how it was before.
        $settings->write(['automatic_use_before' => 'on']);
        Log::activity('Automatic Credit Use was switched off by an admin; Credit Bridge applies credit now.');
    }

    /**
     * Puts back what we changed; an admin who changed it meanwhile keeps his choice.
     *
     * @return bool whether it was ours
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
     * When no service was seen for the time the admin set, WHMCS applies credit itself again. One that lives but is not
     * reached from here (a wrong secret, a firewall) is no better: then the oldest notice has waited as long.
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
            self::giveBack($settings, 'no service was reached for ' . $hours . ' hours.');
            Audit::byItself('automatic-use-give-back', Audit::INSTALLATION, ['withoutServiceHours' => $hours]);
        }
    }

    /** SetConfigurationValue exists for localAPI only (whmcs.md §3.1). */
    private static function set(string $value): void
    {
        LocalApi::demand('SetConfigurationValue', ['setting' => self::SETTING, 'value' => $value]);
    }
}

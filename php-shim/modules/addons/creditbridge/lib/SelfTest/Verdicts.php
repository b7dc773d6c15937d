<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * What trials have shown, in settings.trial: the verdict on the mail (with the one on deposits) as members of its own, the
 * one on returning credit under `returns`. Each counts only for the very version of WHMCS with which it was taken.
 */
final class Verdicts
{
    /** May credit be applied before the mail, and may invoices that add credit be created? */
    const MAIL = 'mail';
    /** May credit be taken off an unpaid invoice, and does cancelling give it back? */
    const RETURNS = 'returns';

    /** Expectations of commands that rest on the trial of returning credit (bridge/README.md). */
    const TAKES_OFF = 'takes-off';
    const CANCELLING_KEEPS = 'cancelling-keeps';

    /** Stores a verdict and ends its trial. */
    public static function store(Settings $settings, string $kind, array $verdict): void
    {
        $verdict += ['at' => gmdate('Y-m-d\TH:i:s\Z'), 'version' => self::version()];
        $known = $settings->json('trial');
        $settings->write(['trial_open' => null, 'trial' => $kind === self::MAIL
            ? $verdict + array_intersect_key($known, [self::RETURNS => true])
            : [self::RETURNS => $verdict] + $known]);
    }

    /** The last verdict of this kind, whatever version it is about; empty if there is none. */
    public static function last(Settings $settings, string $kind): array
    {
        $known = $settings->json('trial');

        return $kind === self::MAIL ? (isset($known['version']) ? $known : []) : $known[self::RETURNS] ?? [];
    }

    /** Whether the verdict is about the version that runs now. */
    public static function counts(array $verdict): bool
    {
        return ($verdict['version'] ?? '') === self::version();
    }

    /**
     * Why a command that rests on a trial must not run, in words; '' if it may. Without a verdict WHMCS 8 is known to keep the
     * credit of a cancelled invoice; of 9 nobody knows (whmcs.md §2.7).
     */
    public static function whyNot(Settings $settings, $name): string
    {
        $verdict = self::last($settings, self::RETURNS);
        if ($name !== self::TAKES_OFF && $name !== self::CANCELLING_KEEPS) {
            return 'This version does not know the trial ' . (is_string($name) ? $name : gettype($name)) . '.';
        }
        if (!self::counts($verdict)) {
            return $name === self::CANCELLING_KEEPS && self::isEight() ? ''
                : 'The trial of returning credit was not taken with this version of WHMCS (' . self::version() . ').';
        }
        $isShown = $name === self::TAKES_OFF
            ? ($verdict['takesOff'] ?? false) === true : ($verdict['cancelling'] ?? '') === 'keeps';

        return $isShown ? '' : 'The trial of returning credit did not show what this rests on. ' . ($verdict['reason'] ?? '');
    }

    /** What trials have left for an admin to do by hand, in sentences; '' if nothing. */
    public static function left(Settings $settings): string
    {
        $known = $settings->json('trial');

        return trim(($known['left'] ?? '') . ' ' . ($known[self::RETURNS]['left'] ?? ''));
    }

    private static function isEight(): bool
    {
        return strncmp(self::version(), '8.', 2) === 0;
    }

    /** From the table, like the verdict: a long-lived process may have started before an upgrade. */
    private static function version(): string
    {
        return (string) WhmcsSetting::readAll(['Version'])['Version'];
    }
}

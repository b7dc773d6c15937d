<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Configuration;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Manifest;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\SelfTest\CutOffTrial;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The shim's work inside WHMCS's cron (whmcs.md §4.5): before the daily automation, at its end, and after every call.
 */
final class CronWork
{
    const BUDGET_SECONDS = [
        'PreCronJob' => Limits::PRE_CRON_SECONDS,
        'DailyCronJob' => Limits::DAILY_CRON_SECONDS,
        'AfterCronJob' => Limits::AFTER_CRON_SECONDS,
    ];

    /** Each part has its own attempt, so that a fault in one does not stop the next. */
    public static function run(string $moment): void
    {
        if (Running::commandId() !== '') {
            return;
        }
        Autocommit::restore();
        if (Database::inTransaction()) {
            // Anything written here would be rolled back with it; PHP's log, or the mail of crontab, says it.
            error_log('Credit Bridge does nothing in ' . $moment . ': another module left a transaction open on the database'
                . ' connection of WHMCS. Without a COMMIT, what WHMCS does in this cron call is lost too.');
            return;
        }
        $deadline = Clock::seconds() + self::BUDGET_SECONDS[$moment];
        $settings = Settings::load();
        $round = new Round($settings);

        Attempt::to($moment . ' set-up', static function () use ($settings): void {
            Schema::upgrade($settings);
            Configuration::take($settings);
        });
        Attempt::to($moment . ' automatic use', static function () use ($settings): void {
            AutomaticUse::agree($settings);
        });
        Attempt::to($moment . ' trial', static function () use ($settings): void {
            CutOffTrial::cleanUp($settings);
        });
        Attempt::to($moment . ' snapshot', static function () use ($settings): void {
            Snapshot::refresh($settings, true);
        });
        Attempt::to($moment . ' breaker', static function () use ($settings): void {
            // The day's work must not wait for a pause of the breaker; one connection attempt costs cron little.
            (new Breaker($settings))->reset();
        });
        Attempt::to($moment . ' work', static function () use ($round, $deadline): void {
            $round->work($deadline);
        });
        $mayWork = Attempt::to($moment . ' place', static function () use ($settings): bool {
            return $settings->isWorking() && Fingerprint::notice($settings) === Fingerprint::HOME;
        }, false);
        if ($mayWork) {
            Attempt::to($moment . ' manifest', static function () use ($settings): void {
                Manifest::fetch($settings, new Service($settings));
            });
            Attempt::to($moment . ' run', static function () use ($round, $moment, $deadline): void {
                $round->daily($moment, $deadline);
            });
            if ($moment === 'DailyCronJob') {
                Attempt::to('pruning', static function () use ($round, $deadline): void {
                    $round->prune($deadline);
                });
            }
        }
        Attempt::to($moment . ' backlog', static function () use ($settings): void {
            BacklogMail::sendOnce($settings);
        });
        Attempt::to($moment . ' ceilings', static function () use ($settings): void {
            CeilingMail::sendOnce($settings);
        });
        Attempt::to($moment . ' give back', static function () use ($settings): void {
            AutomaticUse::giveBackWhenForsaken($settings);
        });
    }
}

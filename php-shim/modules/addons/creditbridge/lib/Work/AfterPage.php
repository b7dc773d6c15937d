<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Command\Executor;
use WHMCS\Module\Addon\Creditbridge\Command\Running;
use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Answered;
use WHMCS\Module\Addon\Creditbridge\Spool\Sender;

/**
 * What is done after the visitor has the page: answered rows leave the spool, and the others are sent, if the SAPI can
 * finish a request, or in CLI. Otherwise cron or the worker sends.
 */
final class AfterPage
{
    /** @var bool */
    private static $isScheduled = false;
    /** @var bool */
    private static $sends = false;

    /** Deletes the answered rows after the page, and nothing else. */
    public static function schedule(): void
    {
        if (self::$isScheduled) {
            return;
        }
        self::$isScheduled = true;
        // Registered again during shutdown, so that it runs after the shutdown functions of WHMCS and other modules.
        register_shutdown_function(static function (): void {
            register_shutdown_function(static function (): void {
                Attempt::to('after page', [self::class, 'run']);
            });
        });
    }

    /** Sends the spool after the page, too. */
    public static function send(Settings $settings): void
    {
        Autocommit::notice($settings);
        if (self::isPossible() && $settings->isWorking() && !(new Breaker($settings))->isOpen()) {
            self::$sends = true;
            self::schedule();
        }
    }

    public static function run(): void
    {
        if (Database::inTransaction() || Running::commandId() !== '') {
            // The page ended inside a transaction (a fault, an exit), which will be rolled back.
            return;
        }
        if (self::isPossible()) {
            self::finishRequest();
        }
        Answered::delete();
        if (self::$sends) {
            self::drain();
        }
    }

    private static function drain(): void
    {
        $deadline = Clock::seconds() + Limits::AFTER_PAGE_SECONDS;
        $settings = Settings::load();
        if (!$settings->isWorking() || (new Breaker($settings))->isOpen()) {
            return;
        }
        if (Fingerprint::notice($settings) !== Fingerprint::HOME) {
            return;
        }
        Hosts::beat($settings);
        $sender = new Sender($settings, new Service($settings));
        $sender->drain($deadline);
        // If WHMCS uses another connection, its transactions are not visible here; then only doorbell, cron and worker
        // run commands.
        if ($sender->waiting() > 0 && SharedConnection::isProven($settings) === true) {
            (new Executor($settings))->run($deadline);
        }
    }

    private static function isPossible(): bool
    {
        return PHP_SAPI === 'cli'
            || function_exists('fastcgi_finish_request')
            || function_exists('litespeed_finish_request');
    }

    /** Ends the request for the visitor, if the SAPI can. What follows runs after the page. */
    public static function finishRequest(): void
    {
        if (PHP_SAPI === 'cli') {
            return;
        }
        // The visitor's next page would wait for the session's lock.
        session_write_close();
        ignore_user_abort(true);
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } elseif (function_exists('litespeed_finish_request')) {
            litespeed_finish_request();
        }
    }
}

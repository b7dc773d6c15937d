<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Spool;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Database;

/**
 * Rows of inline hooks that the service has answered. They are deleted together after the page, so that no page waits
 * for it. If PHP dies before, the next sender takes them once their time is over; the service answers `duplicate`.
 */
final class Answered
{
    /** A long process (cron) deletes them with its next hook, before another sender may take them. */
    const KEPT_SECONDS = 5;
    const KEPT_ROWS = 50;

    /** @var string[] */
    private static $ids = [];
    /** @var float by Clock::seconds(), of the first of them */
    private static $since = 0.0;

    /** @param string[] $ids */
    public static function add(array $ids): void
    {
        if (self::$ids === []) {
            self::$since = Clock::seconds();
        }
        self::$ids = array_merge(self::$ids, $ids);
        if (count(self::$ids) >= self::KEPT_ROWS || Clock::seconds() - self::$since >= self::KEPT_SECONDS) {
            // The answer does not depend on it: a row that stays is sent once more.
            Attempt::to('answered hooks', [self::class, 'delete']);
        }
    }

    /** Does nothing inside a transaction, which may be rolled back. */
    public static function delete(): void
    {
        if (Database::inTransaction()) {
            return;
        }
        $ids = self::$ids;
        self::$ids = [];
        Spool::delete($ids);
    }
}

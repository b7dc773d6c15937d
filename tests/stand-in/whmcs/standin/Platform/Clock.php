<?php

declare(strict_types=1);

namespace StandIn\Platform;

use Carbon\Carbon;
use DateTimeImmutable;

/** The movable clock: real time plus an offset, in WHMCS's own time zone (whmcs.md §5: times are local, not UTC). */
final class Clock
{
    private static int $offsetSeconds = 0;

    public static function load(): void
    {
        self::$offsetSeconds = (int) Switches::get('clock_offset_seconds');
        if (self::$offsetSeconds === 0) {
            Carbon::setTestNow();
            return;
        }
        Carbon::setTestNow(Carbon::createFromTimestamp(self::timestamp(), date_default_timezone_get()));
        ModuleClock::install();
    }

    /** From now on it is that moment, and time goes on from there. */
    public static function move(DateTimeImmutable $to): void
    {
        Switches::set('clock_offset_seconds', (string) ($to->getTimestamp() - time()));
        self::load();
    }

    public static function timestamp(): int
    {
        return time() + self::$offsetSeconds;
    }

    public static function now(): string
    {
        return date('Y-m-d H:i:s', self::timestamp());
    }

    public static function today(): string
    {
        return date('Y-m-d', self::timestamp());
    }

    /** Today plus a number of days, which may be negative. */
    public static function inDays(int $days): string
    {
        return date('Y-m-d', strtotime(self::today() . " $days days"));
    }
}

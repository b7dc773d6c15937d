<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Spool\Item;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * A checkout in progress in this process, between PreShoppingCartCheckout and AfterShoppingCartCheckout (whmcs.md
 * §4.4).
 *
 * Until it ends, it is not known that its invoice belongs to an order, nor what the client chose about credit. A
 * decision before the end could spend credit that the client wants to keep. So hooks that fire during the checkout are
 * sent after it.
 */
final class Checkout
{
    /** A checkout that never ends (a fault, an exit) holds its hooks no longer than this. */
    const SECONDS = 60;

    /** @var float by Clock::seconds(), until which it counts as in progress */
    private static $until = 0.0;
    /** @var string[] ids of the items that wait for its end */
    private static $held = [];

    public static function begin(): void
    {
        self::$until = Clock::seconds() + self::SECONDS;
    }

    public static function isUnderWay(): bool
    {
        return Clock::seconds() < self::$until;
    }

    /** Keeps an item until the checkout ends. */
    public static function hold(Item $item): void
    {
        Spool::keep($item, self::SECONDS);
        self::$held[] = $item->id;
    }

    public static function end(): void
    {
        Spool::makeDue(self::$held);
        self::$until = 0.0;
        self::$held = [];
    }
}

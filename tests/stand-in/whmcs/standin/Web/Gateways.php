<?php

declare(strict_types=1);

namespace StandIn\Web;

use StandIn\Platform\Db;

/** The payment methods a client may choose; Add Funds has no list of its own (whmcs.md §2.3). */
final class Gateways
{
    /** @return array<string, array{sysname: string, name: string}> */
    public static function visible(): array
    {
        $gateways = [];
        foreach (Db::table('tblpaymentgateways')->where('setting', 'name')->orderBy('order')->get() as $row) {
            $gateways[$row->gateway] = ['sysname' => $row->gateway, 'name' => $row->value];
        }
        return $gateways;
    }

    /** The one asked for, or the first. */
    public static function choose(string $sysname): string
    {
        return isset(self::visible()[$sysname]) ? $sysname : (string) array_key_first(self::visible());
    }
}

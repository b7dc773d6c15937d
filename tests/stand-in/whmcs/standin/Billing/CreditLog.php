<?php

declare(strict_types=1);

namespace StandIn\Billing;

use stdClass;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/**
 * Rows of the credit log changed or removed after the fact. Nothing holds the log and the balance together (whmcs.md §2.1);
 * whether WHMCS moves the balance with the row is not known: switch credit_log_edit.
 */
final class CreditLog
{
    public static function edit(int $clientId, int $rowId, int $hundredths, string $description): void
    {
        $row = self::row($clientId, $rowId);
        if ($row === null) {
            return;
        }
        Db::table('tblcredit')->where('id', $rowId)->update(['amount' => Money::text($hundredths), 'description' => $description]);
        self::follow($clientId, $hundredths - Money::parse($row->amount));
    }

    public static function delete(int $clientId, int $rowId): void
    {
        $row = self::row($clientId, $rowId);
        if ($row === null) {
            return;
        }
        Db::table('tblcredit')->where('id', $rowId)->delete();
        self::follow($clientId, -Money::parse($row->amount));
    }

    private static function row(int $clientId, int $rowId): ?stdClass
    {
        return Db::table('tblcredit')->where('id', $rowId)->where('clientid', $clientId)->first();
    }

    private static function follow(int $clientId, int $hundredths): void
    {
        if (Switches::get('credit_log_edit') === 'row-and-balance') {
            $change = Money::text($hundredths);
            Db::table('tblclients')->where('id', $clientId)->update(['credit' => Db::connection()->raw("credit + ($change)")]);
        }
    }
}

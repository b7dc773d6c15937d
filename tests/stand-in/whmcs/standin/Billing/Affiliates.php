<?php

declare(strict_types=1);

namespace StandIn\Billing;

use stdClass;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;

/** Commissions of affiliates: a balance beside the client's credit, paid out to it where staff choose so (whmcs.md §2.5, §5). */
final class Affiliates
{
    public static function ofClient(int $clientId): ?stdClass
    {
        return Db::table('tblaffiliates')->where('clientid', $clientId)->first();
    }

    public static function activate(int $clientId): void
    {
        if (self::ofClient($clientId) === null) {
            Db::table('tblaffiliates')->insert(
                ['clientid' => $clientId, 'date' => Clock::today(), 'created_at' => Clock::now(), 'updated_at' => Clock::now()]
            );
        }
    }

    public static function commission(stdClass $affiliate, int $hundredths): void
    {
        self::move($affiliate, $hundredths, 0);
    }

    public static function payOut(stdClass $affiliate, int $hundredths, bool $toCredit): void
    {
        self::move($affiliate, -$hundredths, $hundredths);
        Db::table('tblaffiliateswithdrawals')->insert(
            ['affiliateid' => $affiliate->id, 'date' => Clock::today(), 'amount' => Money::text($hundredths)]
        );
        if ($toCredit) {
            Credit::change((int) $affiliate->clientid, $hundredths, CreditTexts::of('affiliate', 0));
        }
    }

    private static function move(stdClass $affiliate, int $balance, int $withdrawn): void
    {
        $raw = static fn (string $column, int $amount) => Db::connection()->raw("$column + (" . Money::text($amount) . ')');
        Db::table('tblaffiliates')->where('id', $affiliate->id)->update([
            'balance' => $raw('balance', $balance), 'withdrawn' => $raw('withdrawn', $withdrawn), 'updated_at' => Clock::now(),
        ]);
    }
}

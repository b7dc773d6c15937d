<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Actor;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/** The client's balance and its log: one row of tblcredit for each movement (whmcs.md §2.1). */
final class Credit
{
    public static function balance(int $clientId): int
    {
        return Money::parse(Db::table('tblclients')->where('id', $clientId)->value('credit'));
    }

    /** Moves the balance by a signed amount and logs it: two statements, in the order switch statement_order says. */
    public static function change(
        int $clientId,
        int $hundredths,
        string $description,
        ?string $date = null,
        ?int $adminId = null,
        int $relatedInvoice = 0
    ): void {
        $writes = [
            'balance' => static fn () => self::writeBalance($clientId, $hundredths),
            'log' => static fn () => Db::table('tblcredit')->insert([
                'clientid' => $clientId, 'admin_id' => $adminId ?? Actor::adminId(), 'date' => $date ?? Clock::today(),
                'description' => $description, 'amount' => Money::text($hundredths),
                'relid' => Switches::get('credit_relid') === 'invoice' ? $relatedInvoice : 0,
            ]),
        ];
        $order = Switches::get('statement_order') === 'log-first' ? ['log', 'balance'] : ['balance', 'log'];
        foreach ($order as $write) {
            $writes[$write]();
        }
    }

    /** Whether WHMCS adds to the balance or writes back what it read is not known (whmcs.md §8.9). */
    private static function writeBalance(int $clientId, int $hundredths): void
    {
        $row = Db::table('tblclients')->where('id', $clientId);
        if (Switches::get('balance_write') === 'absolute') {
            $row->update(['credit' => Money::text(self::balance($clientId) + $hundredths)]);
        } else {
            $row->update(['credit' => Db::connection()->raw('credit + (' . Money::text($hundredths) . ')')]);
        }
    }
}

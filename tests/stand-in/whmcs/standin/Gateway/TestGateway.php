<?php

declare(strict_types=1);

namespace StandIn\Gateway;

use StandIn\Platform\Db;
use StandIn\Platform\Money;

/** The far side of the test gateway: it remembers what it charged, on a connection of its own. */
final class TestGateway
{
    public const NAME = 'standincard';

    /** Returns the new transaction id. */
    public static function charge(int $invoiceId, int $hundredths): string
    {
        $transId = 'SC' . strtoupper(bin2hex(random_bytes(6)));
        Db::sideRun(
            'INSERT INTO standin_gateway_charges (transid, invoice_id, amount, at) VALUES (?, ?, ?, NOW(6))',
            [$transId, $invoiceId, Money::text($hundredths)]
        );
        return $transId;
    }
}

<?php

declare(strict_types=1);

namespace StandIn\Billing;

use stdClass;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;

/**
 * A credit or debit note of 9.x. It reaches its invoice as a row of tblaccounts with its id, without gateway and transaction
 * (whmcs.md §2.2). Writes: note, items, the row. No hook is known for it (§0).
 */
final class BillingNote
{
    public const APPLIED = 'Credit Applied';
    private const ROW_TYPES = [
        'credit' => 'invoice_billing_adjustment_credit',
        // Not recorded (§2.2).
        'debit' => 'invoice_billing_adjustment_debit',
    ];

    /** Lowers what is open. @param list<stdClass> $lines Lines of the invoice that it cancels. */
    public static function credit(stdClass $invoice, int $hundredths, string $reason, array $lines = []): void
    {
        self::issue('credit', $invoice, $hundredths, $reason, $lines);
    }

    /** Raises what is open. */
    public static function debit(stdClass $invoice, int $hundredths, string $reason): void
    {
        self::issue('debit', $invoice, $hundredths, $reason, []);
    }

    /** What notes for this reason put on the invoice, those that took it off again subtracted. */
    public static function sum(int $invoiceId, string $reason): int
    {
        return Money::parse(Db::table('tblaccounts')->where('invoiceid', $invoiceId)->where('billingnoteid', '>', 0)
            ->where('description', $reason)->selectRaw('COALESCE(SUM(amountin - amountout), 0) AS amount')->value('amount'));
    }

    /** @param list<stdClass> $lines */
    private static function issue(string $type, stdClass $invoice, int $hundredths, string $reason, array $lines): void
    {
        $amount = Money::text($hundredths);
        $common = ['note_type' => $type, 'client_id' => $invoice->userid, 'created_at' => Clock::now(), 'updated_at' => Clock::now()];
        $id = Db::table('tblbillingnotes')->insertGetId($common + [
            'date_issued' => Clock::today(), 'subtotal' => $amount, 'total' => $amount, 'status' => 'closed', 'notes' => '',
        ]);
        $item = $common + ['billingnote_id' => $id, 'status' => 'closed'];
        $items = array_map(static fn (stdClass $line): array => $item + [
            'type' => $line->type, 'relid' => $line->relid, 'description' => $line->description, 'amount' => $line->amount,
        ], $lines);
        Db::table('tblbillingnoteitems')->insert(
            $items !== [] ? $items : [$item + ['description' => $reason, 'amount' => $amount]]
        );
        Db::table('tblaccounts')->insert([
            'userid' => $invoice->userid, 'currency' => 0, 'gateway' => '', 'date' => Clock::now(), 'description' => $reason,
            'amountin' => $type === 'credit' ? $amount : '0.00', 'fees' => '0.00',
            'amountout' => $type === 'debit' ? $amount : '0.00', 'transid' => '', 'invoiceid' => $invoice->id,
            'billingnoteid' => $id, 'type' => self::ROW_TYPES[$type],
        ]);
    }
}

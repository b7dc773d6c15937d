<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * The one place that says what is open on an invoice and what was received; the service's is
 * `src/money/invoice-money.ts`. Credit lowers the total ("net", 8.x) or leaves it and becomes a note, which is a row of
 * tblaccounts ("gross", 9.x). An invoice from before an upgrade keeps its way, so each invoice is judged alone
 * (whmcs.md §2.2). Figures that fit neither way say nothing but what money was received.
 */
final class InvoiceMoney
{
    /**
     * Sums over the rows of tblaccounts of an invoice in `tblinvoices`. Where tblaccounts has no column billingnoteid
     * (8.x), the bare name means the one of FALLBACK, so each row is money. It must not stand alone in a SUM: that would
     * then add up the outer rows.
     */
    const SUMS = '(SELECT COALESCE(SUM(amountin - amountout), 0) FROM tblaccounts WHERE invoiceid = tblinvoices.id) AS all_rows,'
        . ' (SELECT COALESCE(SUM(IF(billingnoteid = 0, amountin - amountout, 0)), 0) FROM tblaccounts'
        . ' WHERE invoiceid = tblinvoices.id) AS money,'
        . ' (SELECT COALESCE(SUM(IF(billingnoteid > 0, amountin, 0)), 0) FROM tblaccounts'
        . ' WHERE invoiceid = tblinvoices.id) AS notes_in,'
        . ' (SELECT COUNT(*) FROM tblaccounts WHERE invoiceid = tblinvoices.id AND billingnoteid = 0) AS money_rows';
    const FALLBACK = '(SELECT 0 AS billingnoteid) AS fallback';

    /**
     * Hundredths; null for "neither". `takenOff` is what credit and notes take off it now: unlike the credit, it falls on
     * 9.x too when credit is taken off.
     *
     * @param array $row subtotal, tax, tax2, credit and total of tblinvoices, and SUMS; decimals
     * @return array{arithmetic: string, received: int, open: int|null, credit: int|null, takenOff: int|null}
     */
    public static function of(array $row): array
    {
        $amounts = array_map([Hundredths::class, 'parse'], array_intersect_key($row, array_flip([
            'subtotal', 'tax', 'tax2', 'credit', 'total', 'all_rows', 'money', 'notes_in',
        ])));
        $arithmetic = self::arithmetic($amounts);
        if ($arithmetic === 'neither') {
            return [
                'arithmetic' => $arithmetic, 'received' => $amounts['money'],
                'open' => null, 'credit' => null, 'takenOff' => null,
            ];
        }
        $noted = $amounts['all_rows'] - $amounts['money'];

        return [
            'arithmetic' => $arithmetic,
            'received' => $amounts['money'],
            'open' => $amounts['total'] - $amounts['all_rows'],
            // On 9.x the column may tell again what the notes say (whmcs.md §8.1).
            'credit' => $arithmetic === 'net'
                ? $amounts['credit'] + $amounts['notes_in']
                : max($amounts['credit'], $amounts['notes_in']),
            'takenOff' => $arithmetic === 'net' ? $amounts['credit'] + $noted : $noted,
        ];
    }

    /** Rows that are money, newer than the given one; a note of 9.x is no payment. */
    public static function paymentsAfter(int $accountId, int $invoiceId): int
    {
        return (int) Prepared::row(
            'SELECT (SELECT COUNT(*) FROM tblaccounts'
            . ' WHERE invoiceid = ? AND id > ? AND amountin > 0 AND billingnoteid = 0) AS payments FROM ' . self::FALLBACK,
            [$invoiceId, $accountId]
        )['payments'];
    }

    /**
     * The notes of an invoice on 9.x, as WHMCS numbers them; none on 8.x.
     *
     * @return int[]
     */
    public static function notesOf(int $invoiceId): array
    {
        $rows = Prepared::rows(
            'SELECT (SELECT IF(one.id > 0, billingnoteid, 0) FROM tblaccounts one WHERE one.id = every.id) AS note'
            . ' FROM ' . self::FALLBACK . ', tblaccounts every WHERE every.invoiceid = ? ORDER BY every.id',
            [$invoiceId]
        );
        return array_values(array_filter(array_map('intval', array_column($rows, 'note'))));
    }

    private static function arithmetic(array $amounts): string
    {
        $gross = $amounts['subtotal'] + $amounts['tax'] + $amounts['tax2'];
        if ($amounts['credit'] !== 0 && $amounts['total'] + $amounts['credit'] === $gross) {
            return 'net';
        }
        return $amounts['total'] === $gross ? 'gross' : 'neither';
    }
}

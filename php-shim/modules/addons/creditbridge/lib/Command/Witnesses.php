<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * The state before a command ran, stored with it. Comparing it with the state afterwards shows whether the command took
 * effect. Amounts are decimal strings, as WHMCS stores them.
 */
final class Witnesses
{
    /**
     * The client's balance, the invoice, and the highest ids in the tables that a command may add to. Absent rows are
     * null.
     */
    public static function read(array $command): array
    {
        $row = Prepared::row(
            'SELECT (SELECT credit FROM tblclients WHERE id = ?) AS balance,'
            . ' (SELECT COALESCE(MAX(id), 0) FROM tblcredit) AS credit_id,'
            . ' (SELECT COALESCE(MAX(id), 0) FROM tblinvoices) AS invoice_id,'
            . ' (SELECT COALESCE(MAX(id), 0) FROM tblaccounts) AS account_id,'
            . ' (SELECT COALESCE(MAX(id), 0) FROM tblemails) AS email_id',
            [$command['client_id']]
        );
        return [
            'balance' => $row['balance'] === null ? null : (string) $row['balance'],
            'creditId' => (int) $row['credit_id'],
            'invoiceId' => (int) $row['invoice_id'],
            'accountId' => (int) $row['account_id'],
            'emailId' => (int) $row['email_id'],
            'invoice' => $command['invoice_id'] === 0 ? null : self::invoice($command['invoice_id']),
        ];
    }

    public static function balance(int $clientId)
    {
        $row = Prepared::row('SELECT credit FROM tblclients WHERE id = ?', [$clientId]);
        return $row === null ? null : (string) $row['credit'];
    }

    /** The invoice as it stands; null when it is gone. Balance and credit are null where its figures do not add up. */
    public static function invoice(int $invoiceId)
    {
        $row = Prepared::row(
            'SELECT userid, status, subtotal, tax, tax2, credit, total, last_capture_attempt,'
            . ' last_capture_attempt > 0 AS captured, ' . InvoiceMoney::SUMS
            . ' FROM ' . InvoiceMoney::FALLBACK . ', tblinvoices WHERE tblinvoices.id = ?',
            [$invoiceId]
        );
        if ($row === null) {
            return null;
        }
        $money = InvoiceMoney::of($row);
        return [
            'clientId' => (int) $row['userid'],
            'status' => (string) $row['status'],
            'credit' => self::decimal($money['credit']),
            'takenOff' => self::decimal($money['takenOff']),
            'total' => (string) $row['total'],
            'balance' => self::decimal($money['open']),
            'captureAttempt' => (string) $row['last_capture_attempt'],
            'paymentTried' => (int) $row['money_rows'] > 0 || (int) $row['captured'] > 0,
        ];
    }

    private static function decimal($hundredths)
    {
        return $hundredths === null ? null : Hundredths::format($hundredths);
    }

    /**
     * Movements of the client's credit since the witnesses were read. tblcredit has no index on the client (whmcs.md
     * §5), so this reads only the few rows after that id.
     *
     * @return array<int, array{id: int, amount: int, description: string}>
     */
    public static function movementsSince(int $creditId, int $clientId): array
    {
        $rows = Prepared::rows(
            'SELECT id, amount, description FROM tblcredit WHERE id > ? AND clientid = ? ORDER BY id',
            [$creditId, $clientId]
        );
        return array_map(static function (array $row): array {
            return [
                'id' => (int) $row['id'],
                'amount' => Hundredths::parse($row['amount']),
                'description' => (string) $row['description'],
            ];
        }, $rows);
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * The state before a command ran, stored with it. Comparing it with the state afterwards shows whether the command took
 * effect. Amounts are decimal strings, as WHMCS stores them.
 */
final class Witnesses
{
    /** @var bool whether tblaccounts has the column that marks notes; asked again until it has */
    private static $marksNotes = false;

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

    /**
     * On 8.x the open amount is `total` minus the payments (whmcs.md §2.2). On 9.x credit becomes a credit note, and it
     * is not known what the columns mean then (§8.1), so this asks WHMCS for the balance.
     */
    public static function invoice(int $invoiceId)
    {
        $isMoney = self::usesNotes() && self::marksNotes() ? ' AND billingnoteid = 0' : '';
        $row = Prepared::row(
            'SELECT userid, status, credit, total, last_capture_attempt, last_capture_attempt > 0 AS captured,'
            . ' (SELECT COUNT(*) FROM tblaccounts WHERE invoiceid = tblinvoices.id' . $isMoney . ') AS payments,'
            . ' total - (SELECT COALESCE(SUM(amountin - amountout), 0) FROM tblaccounts WHERE invoiceid = tblinvoices.id)'
            . ' AS balance FROM tblinvoices WHERE id = ?',
            [$invoiceId]
        );
        return $row === null ? null : [
            'clientId' => (int) $row['userid'],
            'status' => (string) $row['status'],
            'credit' => (string) $row['credit'],
            'total' => (string) $row['total'],
            'balance' => self::usesNotes() ? self::balanceByApi($invoiceId) : (string) $row['balance'],
            'captureAttempt' => (string) $row['last_capture_attempt'],
            'paymentTried' => (int) $row['payments'] > 0 || (int) $row['captured'] > 0,
        ];
    }

    /** 9.x expresses credit on an invoice by a credit note (whmcs.md §0). */
    public static function usesNotes(): bool
    {
        return version_compare((string) WhmcsSetting::read('Version'), '9.0.0', '>=');
    }

    /** On 9.x a note reaches its invoice as a row of tblaccounts, which this column tells from a payment (whmcs.md §0). */
    private static function marksNotes(): bool
    {
        if (!self::$marksNotes) {
            self::$marksNotes = Prepared::row(
                'SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()'
                . " AND TABLE_NAME = 'tblaccounts' AND COLUMN_NAME = 'billingnoteid'"
            ) !== null;
        }
        return self::$marksNotes;
    }

    private static function balanceByApi(int $invoiceId): string
    {
        return (string) LocalApi::demand('GetInvoice', ['invoiceid' => $invoiceId])['balance'];
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

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Makes lines of a draft Add Funds lines, so that paying the invoice adds credit. No API action can (whmcs.md §2.3): this is
 * the shim's only SQL write to a table of WHMCS (design §1), and only where the self-test has seen that it survives.
 */
final class AddFundsLine
{
    const TYPE = 'AddFunds';

    /** Why it may not be done here; '' when it may. The verdict holds for the version of WHMCS that was tried. */
    public static function refusal(Settings $settings): string
    {
        $trial = $settings->json('trial')['deposit'] ?? [];
        // From the table, as the verdict is: a process that works for long may have begun before an upgrade.
        $isPassed = ($trial['passed'] ?? false) === true
            && ($trial['version'] ?? '') === (string) WhmcsSetting::readAll(['Version'])['Version'];

        return $isPassed ? '' : 'Invoices that add credit are off until the trial invoice on the Connection page has shown, with'
            . ' this version of WHMCS, that their line type survives.';
    }

    /**
     * @param int[] $lineIds
     * @throws RuntimeException when the invoice is no draft, or a line is not there
     */
    public static function set(int $invoiceId, array $lineIds): void
    {
        Database::change(
            'UPDATE tblinvoiceitems SET type = ? WHERE invoiceid = ? AND id IN (' . Database::marks($lineIds) . ')'
            . " AND EXISTS (SELECT 1 FROM tblinvoices WHERE id = ? AND status = 'Draft')",
            array_merge([self::TYPE, $invoiceId], $lineIds, [$invoiceId])
        );
        if (self::count($invoiceId) < count($lineIds)) {
            throw new RuntimeException('Invoice ' . $invoiceId . ' is no draft any more, or lost a line.');
        }
    }

    /** How many lines of the invoice add credit when it is paid. */
    public static function count(int $invoiceId): int
    {
        return (int) Database::value(
            'SELECT COUNT(*) FROM tblinvoiceitems WHERE invoiceid = ? AND type = ?',
            [$invoiceId, self::TYPE]
        );
    }
}

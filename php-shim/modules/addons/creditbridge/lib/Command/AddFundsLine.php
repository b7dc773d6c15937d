<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\WhmcsSetting;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Turns lines of a draft into Add Funds lines, so that paying the invoice adds credit. No API action can do this
 * (whmcs.md §2.3). It is the shim's only SQL write to a table of WHMCS (design §1), and is used only if the self-test
 * has shown that the line type survives.
 */
final class AddFundsLine
{
    const TYPE = 'AddFunds';

    /**
     * Returns why it is not allowed here; '' if it is. The verdict counts only for the WHMCS version that was tried.
     */
    public static function refusal(Settings $settings): string
    {
        $trial = $settings->json('trial')['deposit'] ?? [];
        // From the table, like the verdict: a long-lived process may have started before an upgrade.
        $isPassed = ($trial['passed'] ?? false) === true
            && ($trial['version'] ?? '') === (string) WhmcsSetting::readAll(['Version'])['Version'];

        return $isPassed ? '' : 'Invoices that add credit are off until the trial invoice on the Connection page shows that their'
            . ' line type survives in this version of WHMCS.';
    }

    /**
     * @param int[] $lineIds
     * @throws RuntimeException if the invoice is not a draft or a line is missing
     */
    public static function set(int $invoiceId, array $lineIds): void
    {
        Database::change(
            'UPDATE tblinvoiceitems SET type = ? WHERE invoiceid = ? AND id IN (' . Database::marks($lineIds) . ')'
            . " AND EXISTS (SELECT 1 FROM tblinvoices WHERE id = ? AND status = 'Draft')",
            array_merge([self::TYPE, $invoiceId], $lineIds, [$invoiceId])
        );
        if (self::count($invoiceId) < count($lineIds)) {
            throw new RuntimeException('Invoice ' . $invoiceId . ' is no longer a draft, or lost a line.');
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

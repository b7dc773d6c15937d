<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * The lines of an invoice that a command creates: whether they are allowed, their API parameters, and their ids in
 * WHMCS.
 */
final class InvoiceLines
{
    /** bridge: a top-up has one line, a correction a few. */
    const MOST = 10;
    const MEMBERS = ['amount', 'description', 'taxed'];

    /** Whether it is a list of lines as described in bridge/README.md. */
    public static function areAllowed($lines): bool
    {
        if (!is_array($lines) || $lines === [] || count($lines) > self::MOST) {
            return false;
        }
        if (array_keys($lines) !== range(0, count($lines) - 1)) {
            return false;
        }
        foreach ($lines as $line) {
            if (!self::isAllowed($line)) {
                return false;
            }
        }
        return true;
    }

    /** CreateInvoice's numbered parameters (whmcs.md §3.2). */
    public static function numbered(array $lines): array
    {
        $parameters = [];
        foreach ($lines as $index => $line) {
            $parameters['itemdescription' . ($index + 1)] = self::description($line);
            $parameters['itemamount' . ($index + 1)] = $line['amount'];
            $parameters['itemtaxed' . ($index + 1)] = $line['taxed'] ? '1' : '0';
        }
        return $parameters;
    }

    /**
     * UpdateInvoice's parameters that add the missing lines of an unfinished draft. Present lines are repeated
     * unchanged: with lines given, WHMCS computes the totals again, which an interrupted creation may not have done.
     */
    public static function completing(array $lines, int $invoiceId): array
    {
        $ids = self::idsOf($lines, $invoiceId);
        $parameters = [];
        foreach ($lines as $index => $line) {
            $prefix = isset($ids[$index]) ? '' : 'new';
            $key = $ids[$index] ?? $index;
            $parameters[$prefix . 'itemdescription'][$key] = self::description($line);
            $parameters[$prefix . 'itemamount'][$key] = $line['amount'];
            $parameters[$prefix . 'itemtaxed'][$key] = $line['taxed'] ? '1' : '0';
        }
        return $parameters;
    }

    /**
     * Finds the lines on the invoice; other modules may have added their own lines.
     *
     * @return array<int, int> position in the command → id in tblinvoiceitems, without missing lines
     */
    public static function idsOf(array $lines, int $invoiceId): array
    {
        $present = Database::rows(
            'SELECT id, description, amount FROM tblinvoiceitems WHERE invoiceid = ? ORDER BY id',
            [$invoiceId]
        );
        $ids = [];
        foreach ($lines as $index => $line) {
            foreach ($present as $position => $row) {
                $isSame = trim((string) $row['description']) === trim(self::description($line))
                    && Hundredths::parse($row['amount']) === Hundredths::parse($line['amount']);
                if ($isSame) {
                    $ids[$index] = (int) $row['id'];
                    unset($present[$position]);
                    break;
                }
            }
        }
        return $ids;
    }

    private static function isAllowed($line): bool
    {
        if (!is_array($line)) {
            return false;
        }
        $members = array_keys($line);
        sort($members);
        try {
            return $members === self::MEMBERS && is_bool($line['taxed']) && is_string($line['description'])
                && trim($line['description']) !== '' && is_string($line['amount']) && Hundredths::parse($line['amount']) > 0;
        } catch (InvalidArgumentException $notAnAmount) {
            return false;
        }
    }

    private static function description(array $line): string
    {
        return Text::withoutMarkup($line['description'], 500);
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Verdicts;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Checks what the rule assumed when it decided, just before the command runs.
 */
final class Expectations
{
    const OF_CREDIT = ['balanceAtLeast', 'balanceExactly', 'currency', 'noCreditLogSince'];

    /** The first expectation that does not hold, in words; '' if all hold. */
    public static function mismatch(array $command, array $witnesses): string
    {
        if ($command['client_id'] !== 0 && $witnesses['balance'] === null) {
            return 'Client ' . $command['client_id'] . ' does not exist.';
        }
        $invoice = $witnesses['invoice'];
        if ($command['invoice_id'] !== 0 && $invoice === null) {
            return 'Invoice ' . $command['invoice_id'] . ' does not exist.';
        }
        if ($invoice !== null && $invoice['clientId'] !== $command['client_id']) {
            return 'Invoice ' . $command['invoice_id'] . ' belongs to another client.';
        }
        foreach ($command['expects'] as $name => $expected) {
            $mismatch = self::one((string) $name, $expected, $witnesses, $invoice ?? [], $command['client_id']);
            if ($mismatch !== '') {
                return $mismatch;
            }
        }
        return '';
    }

    /** Checks only the balance and its log, under the row lock. */
    public static function underLock(array $command, string $balance): string
    {
        foreach (array_intersect_key($command['expects'], array_flip(self::OF_CREDIT)) as $name => $expected) {
            $mismatch = self::one($name, $expected, ['balance' => $balance], [], $command['client_id']);
            if ($mismatch !== '') {
                return $mismatch;
            }
        }
        $removed = $command['parameters']['type'] === 'remove' ? $command['parameters']['amount'] : '0.00';

        return Hundredths::parse($balance) < Hundredths::parse($removed) && $removed !== '0.00'
            ? 'The balance is ' . $balance . ', less than the ' . $removed . ' to remove.' : '';
    }

    private static function one(string $name, $expected, array $witnesses, array $invoice, int $clientId): string
    {
        switch ($name) {
            case 'invoiceStatus':
                return ($invoice['status'] ?? '') === $expected
                    ? '' : 'The invoice is ' . ($invoice['status'] ?? 'gone') . ', not ' . $expected . '.';
            case 'invoiceBalanceAtLeast':
                if ($invoice !== [] && $invoice['balance'] === null) {
                    return 'The figures of the invoice do not add up, so what is open on it is not known.';
                }
                return isset($invoice['balance']) && self::covers($invoice['balance'], $expected)
                    ? '' : 'The invoice has ' . ($invoice['balance'] ?? 'nothing') . ' open, less than ' . $expected . '.';
            case 'invoiceBalanceAtMost':
                return isset($invoice['balance']) && self::covers($expected, $invoice['balance'])
                    ? '' : 'The invoice has ' . ($invoice['balance'] ?? 'an unknown amount') . ' open, more than '
                    . $expected . '.';
            case 'invoiceTakenOffAtLeast':
                return isset($invoice['takenOff']) && self::covers($invoice['takenOff'], $expected)
                    ? '' : 'Credit was taken off the invoice: ' . ($invoice['takenOff'] ?? 'nothing') . ' is on it, less than '
                    . $expected . '.';
            case 'balanceAtLeast':
                return self::covers((string) $witnesses['balance'], $expected)
                    ? '' : 'The balance is ' . $witnesses['balance'] . ', less than ' . $expected . '.';
            case 'balanceExactly':
                return Hundredths::parse($witnesses['balance']) === Hundredths::parse($expected)
                    ? '' : 'The balance is ' . $witnesses['balance'] . ', not ' . $expected . '.';
            case 'currency':
                $row = Prepared::row('SELECT currency FROM tblclients WHERE id = ? FOR UPDATE', [$clientId]);
                return (int) $row['currency'] === $expected
                    ? '' : 'The client has another currency than when it was asked for, in which the amount is another.';
            case 'noPayments':
                return $expected !== true || ($invoice['paymentTried'] ?? true) === false
                    ? '' : 'A payment was made or tried.';
            case 'noCreditLogSince':
                return self::logMismatch($expected, $clientId);
            case 'trial':
                return Verdicts::whyNot(Settings::load(), $expected);
            default:
                return 'This version cannot check the expectation ' . $name . '.';
        }
    }

    /** The decision rests on the ledger's last position in the log, so nothing may have moved since. */
    private static function logMismatch($since, int $clientId): string
    {
        $movements = is_int($since) ? Witnesses::movementsSince($since, $clientId) : null;
        if ($movements === null) {
            return 'The expectation noCreditLogSince is not the id of a row.';
        }
        return $movements === [] ? '' : 'The credit log has row ' . $movements[0]['id'] . ' of this client, which is newer than '
            . $since . '.';
    }

    private static function covers(string $amount, $least): bool
    {
        return Hundredths::parse($amount) >= Hundredths::parse($least);
    }
}

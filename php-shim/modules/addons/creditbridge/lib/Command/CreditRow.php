<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Command\Action\AddCredit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * The row of tblcredit that proves a command: one row proves one command.
 */
final class CreditRow
{
    /** Actions whose effect is a movement of the balance. */
    const ACTIONS = ['AddCredit', 'ApplyCredit', 'UnapplyCredit'];

    /** The amount of the command's row, in hundredths; negative if it reduces the balance (whmcs.md §2.1). */
    public static function amountOf(array $command): int
    {
        $amount = Hundredths::parse($command['parameters']['amount']);

        return $command['action'] === 'UnapplyCredit' || ($command['parameters']['type'] ?? '') === 'add' ? $amount : -$amount;
    }

    /**
     * WHMCS's row for credit put on an invoice or taken off it: with our amount; among several equal ones the one that names the
     * invoice, in any language. Null if there is none, or none for certain.
     *
     * @return int|null
     */
    public static function ofInvoice(array $command)
    {
        $candidates = [];
        $since = (int) $command['witnesses']['creditId'];
        foreach (Witnesses::movementsSince($since, $command['client_id']) as $movement) {
            $isOurs = $movement['amount'] === self::amountOf($command);
            if ($isOurs && self::provenBy($movement['id'], $command['id']) === '') {
                $names = preg_match('/(?<!\d)' . $command['invoice_id'] . '(?!\d)/', $movement['description']) === 1;
                $candidates[$names ? 'named' : 'other'][] = $movement['id'];
            }
        }
        return $candidates['named'][0] ?? (count($candidates['other'] ?? []) === 1 ? $candidates['other'][0] : null);
    }

    /**
     * The row that shows a command, where it is certain; null where none is, or what it began with was not recorded.
     *
     * @return int|null
     */
    public static function find(array $command)
    {
        if (!isset($command['witnesses']['creditId']) || !in_array($command['action'], self::ACTIONS, true)) {
            return null;
        }
        return $command['action'] === 'AddCredit' ? AddCredit::logRow($command) : self::ofInvoice($command);
    }

    /** The other command that the row already proves; '' if there is none. */
    public static function provenBy(int $id, string $butCommandId): string
    {
        $row = Prepared::row(
            'SELECT id FROM mod_creditbridge_commands WHERE credit_log_id = ? AND id <> ?',
            [$id, $butCommandId]
        );
        return $row === null ? '' : (string) $row['id'];
    }

    /** Returns why the row that an admin names does not prove the command; '' if it does. */
    public static function refusal(array $command, int $id): string
    {
        if (!in_array($command['action'], self::ACTIONS, true)) {
            return $command['action'] . ' writes no row in the credit log; leave the field empty.';
        }
        $row = Database::row('SELECT clientid, amount FROM tblcredit WHERE id = ?', [$id]);
        if ($row === null) {
            return 'The credit log has no row ' . $id . '.';
        }
        if ((int) $row['clientid'] !== $command['client_id']) {
            return 'Row ' . $id . ' of the credit log belongs to client ' . $row['clientid'] . ', not to client '
                . $command['client_id'] . '.';
        }
        if (Hundredths::parse($row['amount']) !== self::amountOf($command)) {
            return 'Row ' . $id . ' of the credit log is about ' . $row['amount'] . ', the command about '
                . Hundredths::format(self::amountOf($command)) . '.';
        }
        if ($id <= (int) ($command['witnesses']['creditId'] ?? 0)) {
            return 'Row ' . $id . ' of the credit log is older than the start of the command.';
        }
        $other = self::provenBy($id, $command['id']);

        return $other === '' ? '' : 'Row ' . $id . ' of the credit log already proves command ' . $other . '.';
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

/**
 * Compares what is there with the witnesses: did the command take effect, wholly, not at all, or in between?
 */
final class Proof
{
    /** By the marker in the description, bounded by client and id, and only with the command's own amount. */
    public static function ofAddCredit(array $command, array $witnesses)
    {
        $amount = Hundredths::parse($command['parameters']['amount']);
        $amount = $command['parameters']['type'] === 'remove' ? -$amount : $amount;
        foreach (Witnesses::movementsSince((int) $witnesses['creditId'], $command['client_id']) as $movement) {
            $isMarked = strpos($movement['description'], trim(Command::marker($command['id']))) !== false;
            if ($isMarked && $movement['amount'] === $amount) {
                return $movement['id'];
            }
        }
        return null;
    }

    /**
     * WHMCS said success: the row that proves it must be there, and an invoice that was covered must be Paid. The
     * balance is not asked: an admin may be changing it in the same moment.
     */
    public static function success(array $command, array $answer): Outcome
    {
        if ($command['action'] === 'AddCredit') {
            $creditLogId = self::ofAddCredit($command, $command['witnesses']);
            return $creditLogId === null
                ? new Outcome(Command::UNKNOWN, 'WHMCS reports success, but no log row carries our marker.', $answer)
                : new Outcome(Command::DONE, '', $answer, $creditLogId);
        }
        $amount = Hundredths::parse($command['parameters']['amount']);
        $creditLogId = self::ofApplyCredit($command, $command['witnesses'], -$amount);
        if ($creditLogId === null) {
            return new Outcome(Command::UNKNOWN, 'WHMCS reports success, but the credit log has no row for it.', $answer);
        }
        $isCovered = Hundredths::parse($command['witnesses']['invoice']['balance']) <= $amount;
        $status = Witnesses::invoice($command['invoice_id'])['status'] ?? 'gone';

        return !$isCovered || $status === 'Paid'
            ? new Outcome(Command::DONE, '', $answer, $creditLogId)
            : new Outcome(Command::UNKNOWN, 'The credit covers the invoice, but it is ' . $status . '.', $answer, $creditLogId);
    }

    /** AddCredit outside the shared transaction: the log row and the balance must tell the same story. */
    public static function addCredit(array $command, array $witnesses): Outcome
    {
        $creditLogId = self::ofAddCredit($command, $witnesses);
        $isConsistent = self::balanceFollowsLog($command, $witnesses);
        if ($creditLogId !== null && $isConsistent) {
            return new Outcome(Command::DONE, 'Found by its traces after the call was cut off.', null, $creditLogId);
        }
        if ($creditLogId === null && $isConsistent) {
            return new Outcome(Command::OPEN, 'Nothing of it happened: neither log row nor balance changed.');
        }
        return new Outcome(Command::UNKNOWN, $creditLogId === null
            ? 'The balance changed, but no row of the credit log carries the marker of this command.'
            : 'The credit log has the row, but the balance did not change with it.', null, $creditLogId);
    }

    /** ApplyCredit: log row, balance and invoice as after → done; all as before → open; anything between → unknown. */
    public static function applyCredit(array $command, array $witnesses): Outcome
    {
        $amount = Hundredths::parse($command['parameters']['amount']);
        $before = $witnesses['invoice'] ?? [];
        $now = Witnesses::invoice($command['invoice_id']);
        if ($now === null || !isset($before['credit'])) {
            return new Outcome(Command::UNKNOWN, 'The invoice cannot be compared with what it was.');
        }
        $creditLogId = self::ofApplyCredit($command, $witnesses, -$amount);
        // 8.x moves the columns (whmcs.md §2.2); on 9.x it is only known that less is open (§8.1).
        $moved = Witnesses::usesNotes() ? self::difference($before, $now, 'balance') : self::difference($now, $before, 'credit');
        $isConsistent = self::balanceFollowsLog($command, $witnesses)
            && (Witnesses::usesNotes() || self::difference($before, $now, 'total') === $moved);
        $isCovered = Hundredths::parse($before['balance']) <= $amount;

        if ($creditLogId === null && $moved === 0 && $isConsistent) {
            return new Outcome(Command::OPEN, 'Nothing of it happened: log, balance and invoice are as before.');
        }
        if ($creditLogId !== null && $moved === $amount && $isConsistent && (!$isCovered || $now['status'] === 'Paid')) {
            return new Outcome(Command::DONE, 'Found by its traces after the call was cut off.', null, $creditLogId);
        }
        return new Outcome(Command::UNKNOWN, implode(' ', [
            $creditLogId === null ? 'The credit log has no row for it.' : 'The credit log has a row for it.',
            'Credit on the invoice changed by ' . Hundredths::format($moved) . ' (asked: '
                . Hundredths::format($amount) . ').',
            $isConsistent ? 'The balance agrees with the credit log.'
                : 'Balance, credit log and invoice do not agree.',
            $isCovered ? 'It should be Paid; it is ' . $now['status'] . '.' : 'It is ' . $now['status'] . '.',
        ]), null, $creditLogId);
    }

    /** UpdateInvoice: the status is read back (design §7). */
    public static function updateInvoice(array $command, $answer): Outcome
    {
        $now = Witnesses::invoice($command['invoice_id']);
        $status = $now === null ? 'gone' : $now['status'];
        if ($status === $command['parameters']['status']) {
            return new Outcome(Command::DONE, '', $answer);
        }
        $before = $command['witnesses']['invoice']['status'] ?? 'Unpaid';

        return $status === $before
            ? new Outcome(Command::OPEN, 'The invoice is still ' . $status . '.', $answer)
            : new Outcome(Command::STALE, 'The invoice is ' . $status . ' by now.', $answer);
    }

    /** SendEmail: a mail with that subject to that client since the start. In doubt it is not repeated. */
    public static function sendEmail(array $command, array $witnesses): Outcome
    {
        $subject = (string) ($command['parameters']['customsubject'] ?? Database::value(
            "SELECT subject FROM tblemailtemplates WHERE name = ? AND language = '' LIMIT 1",
            [$command['parameters']['messagename'] ?? '']
        ));
        // Merge fields ({$invoice_id}) are filled in by WHMCS; between them the text stands as it is.
        $pattern = '/^' . preg_replace('/\\\\\{.*?\\\\\}/', '.*', preg_quote($subject, '/')) . '$/s';
        $mails = Database::rows(
            'SELECT subject FROM tblemails WHERE id > ? AND userid = ?',
            [(int) ($witnesses['emailId'] ?? 0), $command['client_id']]
        );
        foreach ($mails as $mail) {
            if ($subject !== '' && preg_match($pattern, (string) $mail['subject']) === 1) {
                return new Outcome(Command::DONE, 'Found among the mails sent.');
            }
        }
        return new Outcome(Command::UNKNOWN, 'Whether the mail was sent cannot be told; it is not sent again by itself.');
    }

    /** WHMCS's row: our amount, and among several equal ones the one that names the invoice, in whatever language. */
    private static function ofApplyCredit(array $command, array $witnesses, int $amount)
    {
        $candidates = [];
        foreach (Witnesses::movementsSince((int) $witnesses['creditId'], $command['client_id']) as $movement) {
            $provesAnother = $movement['amount'] === $amount && Database::value(
                'SELECT 1 FROM mod_creditbridge_commands WHERE credit_log_id = ? AND id <> ?',
                [$movement['id'], $command['id']]
            ) !== null;
            if ($movement['amount'] === $amount && !$provesAnother) {
                $names = preg_match('/(?<!\d)' . $command['invoice_id'] . '(?!\d)/', $movement['description']) === 1;
                $candidates[$names ? 'named' : 'other'][] = $movement['id'];
            }
        }
        return $candidates['named'][0] ?? (count($candidates['other'] ?? []) === 1 ? $candidates['other'][0] : null);
    }

    private static function difference(array $one, array $other, string $member): int
    {
        return Hundredths::parse($one[$member]) - Hundredths::parse($other[$member]);
    }

    /** Whether the balance changed by as much as the log rows since then say. */
    private static function balanceFollowsLog(array $command, array $witnesses): bool
    {
        $balance = Witnesses::balance($command['client_id']);
        if ($balance === null || $witnesses['balance'] === null) {
            return false;
        }
        $logged = array_sum(array_column(
            Witnesses::movementsSince((int) $witnesses['creditId'], $command['client_id']),
            'amount'
        ));
        return Hundredths::parse($balance) - Hundredths::parse($witnesses['balance']) === $logged;
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\InvoiceLines;
use WHMCS\Module\Addon\Creditbridge\Command\InvoiceMaker;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Database;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * CreateInvoice: the id stored in `answer`, or the marker in the notes, identifies the draft. A draft is continued; an
 * invoice that is no longer a draft was published (design §7).
 */
final class CreateInvoice extends Action
{
    protected function parameters(): array
    {
        return ['userid', 'lines', 'duedate', 'paymentmethod', 'addfunds', 'sendinvoice'];
    }

    /** WHMCS does not tax lines that add credit (whmcs.md §2.3), so they must not be marked as taxed. */
    protected function isComplete(array $parameters): bool
    {
        $dueDate = $parameters['duedate'] ?? null;
        $method = $parameters['paymentmethod'] ?? null;

        return self::has($parameters, 'userid', 'lines', 'addfunds', 'sendinvoice')
            && InvoiceLines::areAllowed($parameters['lines'])
            && is_bool($parameters['addfunds']) && is_bool($parameters['sendinvoice'])
            && ($dueDate === null || (is_string($dueDate) && self::isDate($dueDate)))
            && ($method === null || (is_string($method) && preg_match('/^[a-z0-9_]{1,32}$/D', $method) === 1))
            && !($parameters['addfunds'] && in_array(true, array_column($parameters['lines'], 'taxed'), true));
    }

    public function call(array $command, string $admin): array
    {
        return (new InvoiceMaker($command, $admin))->make();
    }

    /** On success InvoiceMaker has checked that the invoice is no longer a draft. */
    public function afterCut(array $command): Outcome
    {
        $invoiceId = InvoiceMaker::draftOf($command);
        if ($invoiceId === 0) {
            return $this->withoutDraft($command);
        }
        $status = Witnesses::invoice($invoiceId)['status'] ?? '';
        $answer = ['invoiceid' => $invoiceId, 'status' => $status];
        if ($status === '' || $status === 'Cancelled') {
            return new Outcome(Command::STALE, 'Its invoice ' . $invoiceId . ' is '
                . ($status === '' ? 'gone' : $status) . ' now.', $answer);
        }
        $isMailed = self::isMailed($command, $invoiceId);
        if ($status === 'Draft') {
            return new Outcome(
                Command::OPEN,
                'Invoice ' . $invoiceId . ' is still a draft and is continued.',
                ['mailed' => $isMailed] + $answer
            );
        }
        $isMailMissing = $command['parameters']['sendinvoice'] && !$isMailed;

        return new Outcome(Command::DONE, 'Found by its traces after the call was interrupted.'
            . ($isMailMissing ? ' No mail about it was found.' : ''), $answer);
    }

    /** Whether the client got a mail about the invoice since the start; it is not sent again. */
    private static function isMailed(array $command, int $invoiceId): bool
    {
        return (Queue::noted($command)['mailed'] ?? false) === true || Database::value(
            'SELECT 1 FROM tblemails WHERE id > ? AND userid = ? AND CONCAT(subject, ?, message) REGEXP ? LIMIT 1',
            [
                (int) $command['witnesses']['emailId'], $command['client_id'], ' ',
                '(^|[^0-9])' . $invoiceId . '([^0-9]|$)',
            ]
        ) !== null;
    }

    /**
     * It is not known whether WHMCS writes the notes with the invoice, so a draft without the marker may be ours too.
     */
    private function withoutDraft(array $command): Outcome
    {
        $draftId = Database::value(
            "SELECT id FROM tblinvoices WHERE userid = ? AND id > ? AND status = 'Draft' AND notes NOT LIKE '%[cb:%' LIMIT 1",
            [$command['client_id'], (int) $command['witnesses']['invoiceId']]
        );
        return $draftId === null ? new Outcome(Command::OPEN, 'It had no effect: there is no draft.')
            : new Outcome(Command::UNKNOWN, 'Draft ' . $draftId . ' of this client was created since the start without the'
                . ' marker of this command: it may be its unfinished invoice.');
    }

    private static function isDate(string $text): bool
    {
        return preg_match('/^(\d{4})-(\d\d)-(\d\d)$/D', $text, $part) === 1
            && checkdate((int) $part[2], (int) $part[3], (int) $part[1]);
    }
}

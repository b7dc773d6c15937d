<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * CreateInvoice in steps, each of which may be interrupted: create a draft with the marker in its notes, store its id
 * with the command, remove the marker, publish the draft (design §7). Clients do not see drafts. A second try continues
 * the first try's draft.
 */
final class InvoiceMaker
{
    /** @var array */
    private $command;
    /** @var string */
    private $admin;

    public function __construct(array $command, string $admin)
    {
        $this->command = $command;
        $this->admin = $admin;
    }

    /** The command's invoice: the stored id, else the invoice with the marker in its notes; 0 if there is none. */
    public static function draftOf(array $command): int
    {
        $known = Queue::noted($command)['invoiceid'] ?? 0;
        if (is_int($known) && $known > 0) {
            return $known;
        }
        return (int) Database::value(
            'SELECT id FROM tblinvoices WHERE userid = ? AND notes LIKE ? ORDER BY id LIMIT 1',
            [$command['client_id'], '%' . trim(Command::marker($command['id'])) . '%']
        );
    }

    /**
     * @return array WHMCS's answer: the refusal of CreateInvoice, or success with the invoice's id and status
     * @throws RuntimeException if it stopped on the way; the draft stays and the next try continues it
     */
    public function make(): array
    {
        $invoiceId = self::draftOf($this->command);
        if ($invoiceId === 0) {
            $answer = LocalApi::call('CreateInvoice', $this->draft(), $this->admin);
            if (!LocalApi::succeeded($answer)) {
                return $answer;
            }
            $invoiceId = (int) $answer['invoiceid'];
            $this->store($invoiceId);
        } elseif (self::isDraft($invoiceId)) {
            $this->store($invoiceId);
            $this->update($invoiceId, InvoiceLines::completing($this->command['parameters']['lines'], $invoiceId));
        }
        if (self::isDraft($invoiceId)) {
            $this->publish($invoiceId);
        }
        $status = Witnesses::invoice($invoiceId)['status'] ?? 'gone';
        if (in_array($status, ['Draft', 'Cancelled', 'gone'], true)) {
            throw new RuntimeException('Invoice ' . $invoiceId . ' is ' . $status . ' although it was published.');
        }
        return ['result' => 'success', 'invoiceid' => $invoiceId, 'status' => $status];
    }

    /** CreateInvoice's parameters (whmcs.md §3.2): a draft without mail and without automatic credit (§8.12). */
    private function draft(): array
    {
        $asked = $this->command['parameters'];

        return [
            'userid' => $asked['userid'],
            'draft' => '1',
            'autoapplycredit' => '0',
            'notes' => trim(Command::marker($this->command['id'])),
        ] + array_intersect_key($asked, ['duedate' => 1, 'paymentmethod' => 1]) + InvoiceLines::numbered($asked['lines']);
    }

    private function publish(int $invoiceId): void
    {
        $asked = $this->command['parameters'];
        $lineIds = InvoiceLines::idsOf($asked['lines'], $invoiceId);
        if (count($lineIds) < count($asked['lines'])) {
            throw new RuntimeException('Draft ' . $invoiceId . ' does not have all its lines.');
        }
        if ($asked['addfunds']) {
            AddFundsLine::set($invoiceId, $lineIds);
        }
        // Clients see notes, so the marker is removed before clients can see the invoice. WHMCS may ignore an empty
        // text; then a blank works (whmcs.md §2.3).
        foreach (['', ' '] as $notes) {
            if ($this->isMarked($invoiceId)) {
                $this->update($invoiceId, ['notes' => $notes]);
            }
        }
        $isMailed = (Queue::noted($this->command)['mailed'] ?? false) === true;
        $this->update($invoiceId, [$asked['sendinvoice'] && !$isMailed ? 'publishandsendemail' : 'publish' => '1']);
    }

    /** @throws RuntimeException if another executor has taken the command */
    private function store(int $invoiceId): void
    {
        if (!Queue::noteAnswer($this->command, ['invoiceid' => $invoiceId] + Queue::noted($this->command))) {
            throw new RuntimeException('Another executor has taken this command over.');
        }
    }

    private function update(int $invoiceId, array $changes): void
    {
        LocalApi::demand('UpdateInvoice', ['invoiceid' => $invoiceId] + $changes, $this->admin);
    }

    private function isMarked(int $invoiceId): bool
    {
        $notes = Database::value('SELECT notes FROM tblinvoices WHERE id = ?', [$invoiceId]);

        return strpos((string) $notes, trim(Command::marker($this->command['id']))) !== false;
    }

    private static function isDraft(int $invoiceId): bool
    {
        return Database::value('SELECT status FROM tblinvoices WHERE id = ?', [$invoiceId]) === 'Draft';
    }
}

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use RuntimeException;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * CreateInvoice in steps that can be cut off anywhere: a draft that carries the marker in its notes, its id stored with the
 * command, the marker taken off, the draft published (design §7). Clients do not see drafts; a second try continues the
 * first one's draft.
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

    /** The command's invoice: the id that was stored, else the one whose notes carry the marker; 0 when there is none. */
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
     * @throws RuntimeException when it was stopped on the way; the draft stays and is continued
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

    /** What CreateInvoice is told (whmcs.md §3.2): no mail with a draft, and no credit on it by itself (§8.12). */
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
            throw new RuntimeException('Draft ' . $invoiceId . ' has not the lines it should have.');
        }
        if ($asked['addfunds']) {
            AddFundsLine::set($invoiceId, $lineIds);
        }
        // Notes are shown to the client, so they go before anyone but staff can see the invoice. An empty text may count as
        // not given; a blank is what others write there (whmcs.md §2.3).
        foreach (['', ' '] as $notes) {
            if ($this->isMarked($invoiceId)) {
                $this->update($invoiceId, ['notes' => $notes]);
            }
        }
        $isMailed = (Queue::noted($this->command)['mailed'] ?? false) === true;
        $this->update($invoiceId, [$asked['sendinvoice'] && !$isMailed ? 'publishandsendemail' : 'publish' => '1']);
    }

    /** @throws RuntimeException when another executor has the command by now */
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

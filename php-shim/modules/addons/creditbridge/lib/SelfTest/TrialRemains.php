<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\SelfTest;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * What a trial left in WHMCS: its invoices, the credit on them, and 0.01 too much or too little on the client's balance.
 * Each part of cleaning up first looks at what is there, so it may be repeated after an interruption anywhere.
 */
final class TrialRemains
{
    /** @var TrialRecord */
    private $trial;
    /** @var string */
    private $admin;

    public function __construct(TrialRecord $trial, string $admin)
    {
        $this->trial = $trial;
        $this->admin = $admin;
    }

    /**
     * What is left, in words.
     *
     * @return string[]
     */
    public function found(): array
    {
        $found = [];
        foreach ($this->invoices() as $id) {
            $invoice = Witnesses::invoice($id);
            if ($invoice['status'] !== 'Cancelled') {
                $found[] = 'invoice #' . $id . ' (' . $invoice['status'] . ')';
                if (self::hasCredit($invoice)) {
                    $found[] = Trial::CREDIT . ' of credit on invoice #' . $id;
                }
            }
        }
        if (Witnesses::balance($this->trial->clientId) === null) {
            return array_merge($found, ['no client ' . $this->trial->clientId . ' any more, so no balance']);
        }
        $difference = $this->difference();
        if ($difference !== 0) {
            $found[] = Hundredths::format(abs($difference)) . ($difference > 0 ? ' too much' : ' too little')
                . ' on the balance of client ' . $this->trial->clientId;
        }
        return array_merge($found, $this->unmarked());
    }

    /**
     * Takes the credit off, cancels the invoices and restores the balance.
     *
     * @return string[] what an admin must still do by hand, in sentences
     */
    public function cleanUp(): array
    {
        $left = [];
        foreach ($this->invoices() as $id) {
            try {
                $left[] = $this->cancel($id);
            } catch (Throwable $fault) {
                $left[] = 'Please cancel invoice #' . $id . ' of the trial: ' . $fault->getMessage();
            }
        }
        try {
            $left[] = $this->restoreBalance();
        } catch (Throwable $fault) {
            $left[] = 'Please set the balance of client ' . $this->trial->clientId . ' right by '
                . Trial::CREDIT . ': ' . $fault->getMessage();
        }
        foreach ($this->unmarked() as $invoice) {
            $left[] = 'Please look at ' . $invoice . ' and cancel it if it belongs to the trial.';
        }
        return array_values(array_filter($left));
    }

    private function cancel(int $id): string
    {
        $invoice = Witnesses::invoice($id);
        if ($invoice['status'] === 'Cancelled') {
            return '';
        }
        if ($invoice['paymentTried'] || !in_array($invoice['status'], ['Unpaid', 'Draft'], true)) {
            return 'Invoice #' . $id . ' of the trial is ' . $invoice['status'] . ', and was paid or charged: please refund'
                . ' what was paid and cancel it.';
        }
        $change = ['invoiceid' => $id, 'status' => 'Cancelled'];
        if (self::hasCredit($invoice) && $this->difference() <= 0) {
            // Undocumented, but seen in the field (whmcs.md §2.4). If WHMCS refuses, restoreBalance() restores the cent.
            LocalApi::call('ApplyCredit', [
                'invoiceid' => $id, 'amount' => '-' . Trial::CREDIT, 'noemail' => true,
            ], $this->admin);
        } elseif (self::hasCredit($invoice)) {
            // Taking it off was interrupted: the balance has it back already, only the invoice's figure is left.
            $change['credit'] = '0.00';
        }
        LocalApi::demand('UpdateInvoice', $change, $this->admin);

        return '';
    }

    private function restoreBalance(): string
    {
        $client = $this->trial->clientId;
        if (Witnesses::balance($client) === null) {
            return '';
        }
        $difference = $this->difference();
        if (abs($difference) > Hundredths::parse(Trial::CREDIT)) {
            // Somebody else moved this client's credit without a row in the log; do not reverse that.
            return 'The balance of client ' . $client . ' changed by more than the trial: please check whether '
                . Trial::CREDIT . ' of the trial is left on it.';
        }
        if ($difference !== 0) {
            LocalApi::demand('AddCredit', [
                'clientid' => $client, 'description' => $this->trial->text() . ': back to what it was',
                'amount' => Hundredths::format(abs($difference)), 'type' => $difference > 0 ? 'remove' : 'add',
            ], $this->admin);
        }
        $logged = array_sum(array_column($this->movements(true), 'amount'));

        return $logged === 0 ? '' : 'The balance of client ' . $client . ' is right, but the rows of the trial in the'
            . ' credit log add up to ' . Hundredths::format($logged) . ' instead of 0.00, because WHMCS was interrupted'
            . ' between balance and log: please correct them under Manage Credits.';
    }

    /** By how much the balance differs from what it was, less what others moved meanwhile; in hundredths. */
    private function difference(): int
    {
        $others = array_sum(array_column($this->movements(false), 'amount'));

        return Hundredths::parse((string) Witnesses::balance($this->trial->clientId))
            - Hundredths::parse($this->trial->balance) - $others;
    }

    /** The client's rows of the credit log since the trial began: those of one cent are the trial's. */
    private function movements(bool $ofTrial): array
    {
        $cent = Hundredths::parse(Trial::CREDIT);
        $rows = Witnesses::movementsSince($this->trial->creditId, $this->trial->clientId);

        return array_filter($rows, static function (array $row) use ($ofTrial, $cent): bool {
            return (abs($row['amount']) === $cent) === $ofTrial;
        });
    }

    /** @return int[] the invoices that carry the trial's mark in their notes or in a line */
    private function invoices(): array
    {
        $mark = '%' . $this->trial->text() . '%';
        $rows = Database::rows(
            'SELECT id FROM tblinvoices WHERE userid = ? AND id > ? AND (notes LIKE ? OR EXISTS (SELECT 1'
            . ' FROM tblinvoiceitems WHERE invoiceid = tblinvoices.id AND description LIKE ?)) ORDER BY id',
            [$this->trial->clientId, $this->trial->invoiceId, $mark, $mark]
        );
        return array_map('intval', array_column($rows, 'id'));
    }

    /**
     * Invoices without any line that appeared during the trial. WHMCS may write an invoice before its notes and lines.
     *
     * @return string[]
     */
    private function unmarked(): array
    {
        $marked = $this->invoices();
        $rows = Database::rows(
            "SELECT id FROM tblinvoices WHERE userid = ? AND id > ? AND status <> 'Cancelled' AND NOT EXISTS (SELECT 1"
            . ' FROM tblinvoiceitems WHERE invoiceid = tblinvoices.id) ORDER BY id',
            [$this->trial->clientId, $this->trial->invoiceId]
        );
        return array_map(static function (int $id): string {
            return 'invoice #' . $id . ', which has no line';
        }, array_values(array_diff(array_map('intval', array_column($rows, 'id')), $marked)));
    }

    /** False, too, if PHP died between two figures of the invoice, so that they do not add up; the balance tells the rest. */
    private static function hasCredit(array $invoice): bool
    {
        return $invoice['credit'] !== null && Hundredths::parse($invoice['credit']) > 0;
    }
}
